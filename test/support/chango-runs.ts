import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCatalog } from '../../src/main/adapters/catalog-file/catalog-file.ts'
import { openGrpc } from '../../src/main/adapters/grpc/open-grpc.ts'
import { openHttp } from '../../src/main/adapters/http/open-http.ts'
import { openLocalTarget } from '../../src/main/adapters/local-target/open-local-target.ts'
import { openScratchSpace } from '../../src/main/adapters/scratch-folder/open-scratch-space.ts'
import { openSshTarget } from '../../src/main/adapters/ssh-target/open-ssh-target.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import type { DeskPorts } from '../../src/main/desk/ports.ts'
import { openSession } from '../../src/main/desk/live/open-session.ts'
import { recoveryOf } from '../../src/main/desk/runbooks/recovery.ts'
import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import { openHost } from '../../src/main/hosts/open-host.ts'
import { openStore } from '../../src/main/hosts/open-store.ts'
import type { Session } from '../../src/main/ports/cluster-driver.ts'
import type { Runbook, RunbookSetting } from '../../src/main/ports/runbook.ts'
import { walkChango } from '../../src/main/systems/chango/chango.ts'
import { changoRunbooks } from '../../src/main/systems/chango/runbooks/runbooks.ts'
import { memoryAuditLog } from '../fakes/audit-log.ts'
import { memoryDeskState } from '../fakes/desk-state.ts'
import { givenSecrets } from '../fakes/secrets.ts'
import type { LabBucket } from '../integration/runbooks/kiok-lab.ts'
import type { ChangoHosts } from '../lab/runbooks/chango.ts'
import { memoryRunPlace, type MemoryRunPlace } from '../fakes/run-journal.ts'
import { openRunbookDesk, type RunbookDesk } from './runbook-runs.ts'
import { savedClusterOf } from './saved-cluster.ts'

export interface ChangoDesk {
  readonly setting: RunbookSetting
  readonly place: MemoryRunPlace
  /** A runner as a process has it; what is written in `place` outlives it. */
  open(bent?: (runbook: Runbook) => Runbook, place?: MemoryRunPlace): Promise<RunbookDesk>
  close(): Promise<void>
}

export interface ChangoDeskOptions {
  readonly masterKeys: Readonly<Record<string, string>>
  readonly login: { readonly user: string; readonly password: string }
  readonly inputs?: Readonly<Record<string, string>>
  /** The key pair of the bucket, where chango’s own tool may be given one. */
  readonly bucket?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Where its backups lie, if not in the folder of the lab. */
  readonly repository?: Pick<LabBucket, 'address' | 'keys'>
  /** What a step gets in the place of the session. */
  readonly session?: (session: Session) => Session
}

/** A desk with the lab's cluster on it. */
export async function openChangoDesk(
  hosts: ChangoHosts,
  { masterKeys, login, inputs = {}, bucket, repository, session: changed }: ChangoDeskOptions,
): Promise<ChangoDesk> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-chango-desk-'))
  const state = memoryDeskState()
  await state.repositories.put({
    id: 'repository',
    name: 'backups',
    address: repository?.address ?? `file://${hosts.repository}`,
    system: 'chango',
    access: {
      credential: repository === undefined ? { source: 'none' } : { source: 'vault', id: 'bucket' },
      caFile: null,
      allowHttp: false,
      sshKeyFiles: [],
      hostKey: null,
      maxBytesPerSecond: null,
    },
  })
  const cluster = savedClusterOf({
    id: 'lab',
    name: 'payments',
    system: 'chango',
    mode: 'protected',
    repositoryId: 'repository',
    masterKeys: Object.keys(masterKeys),
    rpoMs: 3_600_000,
    rtoMs: 3_600_000,
    connection: hosts.connection,
  })
  await state.clusters.put(cluster)
  const ports: DeskPorts = {
    clock: systemClock,
    random: systemRandom,
    openStore,
    openCatalog: async () => openCatalog(join(dir, 'state')),
    scratch: openScratchSpace(join(dir, 'state', 'scratch'), { clock: systemClock }),
    openByteWork: async () => inProcessByteWork(new Map([['chango', walkChango]])),
    state,
    policy: null,
    secrets: {
      ...givenSecrets(masterKeys),
      login: async () => Promise.resolve(login),
      ...(repository !== undefined && {
        s3: async () => Promise.resolve({ ...repository.keys, sessionToken: null }),
      }),
    },
    audit: memoryAuditLog(systemClock),
    log: { info: () => undefined, incident: () => 'incident', neverWrite: () => undefined },
    openHttp,
    openGrpc,
    openHost,
    openTarget: async (target, repositoryFolder) =>
      openLocalTarget(target, { repositoryFolder, clock: systemClock }),
    openRemoteTarget: async (address, host) =>
      openSshTarget(address, { host, clock: systemClock, random: systemRandom }),
    publish: () => undefined,
  }
  const place = memoryRunPlace()
  return {
    setting: {
      cluster: { name: cluster.name, system: 'chango', connection: hosts.connection },
      inputs: { ...hosts.inputs, ...inputs },
    },
    place,
    open: async (bent = (runbook) => runbook, outlives = place) =>
      openRunbookDesk({
        runbooks: changoRunbooks.map(bent),
        place: outlives,
        session: (signal) => {
          const session = openSession(cluster, 'test', ports, signal)
          const given: Session = {
            ...session,
            bucket: async () =>
              Promise.resolve(
                bucket === undefined
                  ? null
                  : {
                      place: {
                        kind: 's3',
                        bucket: 'backups',
                        prefix: 'chango-backups/',
                        endpoint: 'http://127.0.0.1:1',
                        region: null,
                        style: 'path',
                      },
                      pair: { ...bucket, sessionToken: null },
                    },
              ),
          }
          return { ...(changed?.(given) ?? given), close: async () => session.close() }
        },
        recovery: (signal) => recoveryOf(cluster, { id: 'run' }, ports, signal),
      }),
    close: async () => rm(dir, { recursive: true, force: true }),
  }
}
