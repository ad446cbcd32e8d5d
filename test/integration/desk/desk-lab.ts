import { openGrpc } from '../../../src/main/adapters/grpc/open-grpc.ts'
import { openHttp } from '../../../src/main/adapters/http/open-http.ts'
import { openHost } from '../../../src/main/hosts/open-host.ts'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCatalog } from '../../../src/main/adapters/catalog-file/catalog-file.ts'
import { openLocalTarget } from '../../../src/main/adapters/local-target/open-local-target.ts'
import { openScratchSpace } from '../../../src/main/adapters/scratch-folder/open-scratch-space.ts'
import { openSshTarget } from '../../../src/main/adapters/ssh-target/open-ssh-target.ts'
import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../../src/main/adapters/system/random.ts'
import { openStore } from '../../../src/main/hosts/open-store.ts'
import type { DrillPorts } from '../../../src/main/desk/drills/drill-work.ts'
import type { DeskPorts } from '../../../src/main/desk/ports.ts'
import { createViews } from '../../../src/main/desk/views.ts'
import { inProcessByteWork } from '../../fakes/in-process-byte-work.ts'
import type { Walker } from '../../../src/main/ports/byte-work.ts'
import type { JobContext } from '../../../src/main/ports/job-runner.ts'
import { walkArmada } from '../../../src/main/systems/armada/armada.ts'
import { walkChango } from '../../../src/main/systems/chango/chango.ts'
import { walkKindling } from '../../../src/main/systems/kindling/walk.ts'
import { walkKiseki } from '../../../src/main/systems/kiseki/walk.ts'
import type { Change } from '../../../src/shared/contract/host.ts'
import { memoryAuditLog, type MemoryAuditLog } from '../../fakes/audit-log.ts'
import { memoryDeskState } from '../../fakes/desk-state.ts'
import { givenSecrets } from '../../fakes/secrets.ts'
import { makeDemonstrationFleet } from '../../lab/demonstration-fleet.ts'
import { savedClusterOf } from '../../support/saved-cluster.ts'
import { noAccess } from '../../../src/shared/contract/repositories.ts'

export interface DeskLab {
  readonly dir: string
  readonly ports: DrillPorts & { readonly audit: MemoryAuditLog }
  readonly secrets: ReturnType<typeof givenSecrets>
  readonly changes: Change[]
  readonly incidents: unknown[]
  close(): Promise<void>
}

/** The demonstration's fleet as saved clusters of a desk that keeps its state in memory. */
export async function openDeskLab(): Promise<DeskLab> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-desk-'))
  const openByteWork = async () =>
    inProcessByteWork(
      new Map<string, Walker>([
        ['armada', walkArmada],
        ['chango', walkChango],
        ['kindling', walkKindling],
        ['kiseki', walkKiseki],
      ]),
    )
  const fleet = await makeDemonstrationFleet(dir, { clock: systemClock, openStore, openByteWork })
  const state = memoryDeskState()
  const secrets = givenSecrets({ key: await readFile(fleet.masterKeyFile, 'utf8') })
  const changes: Change[] = []
  const incidents: unknown[] = []
  for (const { name, system, mode, address, rpoMs, rtoMs, needsKey } of fleet.clusters) {
    await state.repositories.put({
      id: name,
      name,
      address,
      system,
      access: noAccess,
    })
    await state.clusters.put(
      savedClusterOf({
        id: name,
        name,
        system,
        mode,
        repositoryId: name,
        masterKeys: needsKey ? ['key'] : [],
        addedAt: '2026-01-01T00:00:00Z',
        rpoMs,
        rtoMs,
      }),
    )
  }
  const bare: DeskPorts & { readonly audit: MemoryAuditLog } = {
    clock: systemClock,
    random: systemRandom,
    openStore,
    openCatalog: async () => openCatalog(join(dir, 'state')),
    openByteWork,
    scratch: openScratchSpace(join(dir, 'state', 'scratch'), { clock: systemClock }),
    state,
    policy: null,
    secrets,
    audit: memoryAuditLog(systemClock),
    log: {
      info: () => undefined,
      incident: (_event, error) => {
        incidents.push(error)
        return 'incident'
      },
      neverWrite: () => undefined,
    },
    openHttp,
    openGrpc,
    openHost,
    openTarget: async (target, repositoryFolder) =>
      openLocalTarget(target, { repositoryFolder, clock: systemClock }),
    openRemoteTarget: async (address, host) =>
      openSshTarget(address, { host, clock: systemClock, random: systemRandom }),
    publish: (change) => changes.push(change),
  }
  const views = createViews(bare)
  return {
    dir,
    ports: { ...bare, views, runbooks: { openRunOf: () => null } },
    secrets,
    changes,
    incidents,
    close: async () => {
      await views.close()
      await rm(dir, { recursive: true })
    },
  }
}

/** What a job's work tells while it runs. */
export function jobContext(
  signal: AbortSignal = new AbortController().signal,
): JobContext & { readonly phases: string[]; readonly logged: string[] } {
  const phases: string[] = []
  const logged: string[] = []
  return {
    jobId: 'job-1',
    signal,
    phases,
    logged,
    phase: (name) => phases.push(name),
    progress: () => undefined,
    log: (_severity, text) => logged.push(text),
  }
}
