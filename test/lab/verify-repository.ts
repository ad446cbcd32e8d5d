import type { VerifiableLevel } from '../../src/shared/domain/level.ts'
import type { Verdict } from '../../src/shared/domain/verdict.ts'
import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import { createKeyRing } from '../../src/main/engine/envelope/key-ring.ts'
import { HeldMasterKey } from '../../src/main/engine/master-key.ts'
import { rememberedFacts } from '../../src/main/engine/verify/remembered-facts.ts'
import { memoryOfThisRun } from '../../src/main/engine/verify/no-memory.ts'
import {
  verifyBackups,
  type VerifyRequest,
  type VerifyResult,
} from '../../src/main/engine/verify/verify-backups.ts'
import type { BackupSystem } from '../../src/main/ports/backup-system.ts'
import type { RepositoryMemory } from '../../src/main/ports/catalog.ts'
import type { Clock } from '../../src/main/ports/clock.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'

/** A clock that stands still. */
export function stoppedClock(at: string): Clock {
  return { now: () => Date.parse(at), wait: async () => {} }
}

export interface VerifyLabOptions {
  readonly keys?: readonly string[]
  readonly level?: VerifiableLevel
  readonly memory?: RepositoryMemory
  readonly reading?: VerifyRequest['reading']
  readonly at?: string
  /** Ids of the backups to verify; all where left out. */
  readonly only?: readonly string[]
}

/** What a verification said, short enough to be compared whole. */
export interface Said {
  readonly verdict: Verdict
  /** Codes that blame no single store. */
  readonly codes: readonly string[]
  /** `level reached: codes` by store. */
  readonly stores: Readonly<Record<string, string>>
}

const installationSecret = new Uint8Array(32).fill(7)

/** Verifies a whole repository as the command line does, in this thread. */
export async function verifyRepository(
  store: ObjectStore,
  system: BackupSystem,
  options: VerifyLabOptions = {},
): Promise<VerifyResult & { readonly said: Readonly<Record<string, Said>> }> {
  const memory = options.memory ?? memoryOfThisRun()
  const at = options.at ?? '2026-11-20T12:00:00Z'
  const masterKeys = (options.keys ?? []).map(
    (key, index) => new HeldMasterKey(Buffer.from(key), `key ${index}`),
  )
  const keyRing = createKeyRing(masterKeys, { installationSecret })
  const { walker } = system
  const byteWork = inProcessByteWork(new Map(walker === null ? [] : [[walker.name, walker.walk]]))
  try {
    const inventory = await system.readInventory(store, {
      remembered: (key) => memory.firstHash(key),
      facts: (info) => rememberedFacts(memory, info),
      saw: (key, sha256) => memory.sawHash(key, { sha256, at, source: 'seen' }),
    })
    const { only } = options
    const result = await verifyBackups(
      inventory.backups.filter(({ backupId }) => only === undefined || only.includes(backupId)),
      {
        system: {
          highestLevel: system.highestLevel,
          recordsMd5: system.recordsMd5 ?? false,
          walk: walker && { walker: walker.name, options: walker.options },
        },
        level: options.level ?? null,
        reading: options.reading ?? 'whereNeeded',
      },
      {
        store,
        byteWork,
        keyRing,
        clock: stoppedClock(at),
        masterKeys,
        memory,
        keyFingerprints: masterKeys.map((key) => key.fingerprint(installationSecret)),
      },
    )
    return {
      ...result,
      said: Object.fromEntries(result.backups.map((each) => [each.backup.backupId, summarise(each)])),
    }
  } finally {
    keyRing.close()
    await byteWork.close()
  }
}

function summarise({ verdict, report }: VerifyResult['backups'][number]): Said {
  return {
    verdict,
    codes: report.findings.map((finding) => finding.code),
    stores: Object.fromEntries(
      report.stores.map(({ store, levelReached, findings }) => [
        store,
        [levelReached, ...findings.map((finding) => finding.code)].join(' '),
      ]),
    ),
  }
}
