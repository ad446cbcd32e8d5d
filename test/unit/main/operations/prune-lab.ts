import { parseAddress } from '../../../../src/shared/domain/address.ts'
import type { PrunePlan } from '../../../../src/shared/domain/prune-plan.ts'
import { inProcessByteWork } from '../../../fakes/in-process-byte-work.ts'
import { HeldMasterKey } from '../../../../src/main/engine/master-key.ts'
import { memoryOfThisRun } from '../../../../src/main/engine/verify/no-memory.ts'
import { verifyBackups } from '../../../../src/main/engine/verify/verify-backups.ts'
import {
  verifyRequest,
  verifyTools,
  withRepository,
  type OpenRepository,
} from '../../../../src/main/operations/open-repository.ts'
import { planPrune, type PruneRequest } from '../../../../src/main/operations/prune.ts'
import type { BackupSystem } from '../../../../src/main/ports/backup-system.ts'
import type { RepositoryMemory } from '../../../../src/main/ports/catalog.ts'
import type { ObjectStore } from '../../../../src/main/ports/object-store.ts'
import { seededRandom } from '../../../lab/seeded.ts'
import { stoppedClock } from '../../../lab/verify-repository.ts'
import { noAccess } from '../../../../src/shared/contract/repositories.ts'

export interface PruneLab {
  readonly store: ObjectStore
  readonly system: BackupSystem
  readonly key?: string
  readonly memory: RepositoryMemory
  readonly at: string
}

/** A repository with what is remembered of it. */
export function pruneLab(
  lab: Pick<PruneLab, 'store' | 'system' | 'key'> & { readonly at?: string },
): PruneLab {
  return { at: '2026-11-21T00:00:00Z', ...lab, memory: memoryOfThisRun() }
}

export async function opened<T>(
  { store, system, key, memory, at }: PruneLab,
  work: (open: OpenRepository) => Promise<T>,
): Promise<T> {
  const { walker } = system
  return withRepository(
    {
      system,
      address: parseAddress('file:///lab'),
      access: noAccess,
      masterKeys: key === undefined ? [] : [new HeldMasterKey(Buffer.from(key), 'lab')],
      workers: null,
    },
    {
      clock: stoppedClock(at),
      random: seededRandom('prune'),
      openStore: async () => store,
      openCatalog: async () => ({
        installationSecret: async () => new Uint8Array(32).fill(7),
        openRepository: async () => memory,
      }),
      openByteWork: async () =>
        inProcessByteWork(new Map(walker === null ? [] : [[walker.name, walker.walk] as const])),
    },
    { note: () => {} },
    work,
  )
}

/** Reads everything, and remembers it; the verdict of each backup. */
export async function prove(lab: PruneLab): Promise<Readonly<Record<string, string>>> {
  return opened(lab, async (open) => {
    const request = { ...verifyRequest(lab.system, null), reading: 'everything' as const }
    const tools = await verifyTools(open, { clock: stoppedClock(lab.at) })
    const { backups } = await verifyBackups(open.inventory.backups, request, tools)
    return Object.fromEntries(backups.map(({ backup, verdict }) => [backup.backupId, verdict]))
  })
}

export async function planned(
  lab: PruneLab,
  request: Partial<PruneRequest> = {},
): Promise<{ readonly plan: PrunePlan; readonly hash: string }> {
  return opened(lab, async (open) =>
    planPrune(
      open,
      {
        rules: { keepLast: 1, keepDays: null, atMost: null },
        hold: [],
        pins: [],
        sweepsOrphans: false,
        ...request,
      },
      { clock: stoppedClock(lab.at) },
    ),
  )
}

export async function keysOf(store: ObjectStore): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const entry of store.list()) if (entry.kind === 'object') keys.push(entry.key)
  return keys
}

/** Backups that are listed, with the objects that each needs and that are there. */
export async function listed(lab: PruneLab): Promise<ReadonlyMap<string, readonly string[]>> {
  return opened(
    lab,
    async ({ inventory }) =>
      new Map(inventory.backups.map(({ backupId, objects }) => [backupId, objects.map(({ key }) => key)])),
  )
}
