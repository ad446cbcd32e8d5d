import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ContractRouterClient } from '@orpc/contract'
import { inProcessClient } from '../../../src/main/cli/in-process.ts'
import { openDesk, type RunningDesk } from '../../../src/main/hosts/desk.ts'
import { openStore } from '../../../src/main/hosts/open-store.ts'
import { inProcessByteWork } from '../../fakes/in-process-byte-work.ts'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import type { Desk } from '../../../src/main/desk/desk.ts'
import type { Cluster } from '../../../src/shared/contract/clusters.ts'
import type { Contract } from '../../../src/shared/contract/contract.ts'
import { noAccess } from '../../../src/shared/contract/repositories.ts'
import type { Plan } from '../../../src/shared/contract/restore.ts'
import { parseAddress } from '../../../src/shared/domain/address.ts'
import type { SystemName } from '../../../src/shared/domain/system-name.ts'
import { makeChangoArchive } from '../../lab/chango.ts'
import { startKiokMasters } from '../../lab/masters/kiok.ts'
import { makeKiokRepository, nightsFrom } from '../../lab/kiok.ts'
import { watchOutputs, type WatchedOutputs } from './watched-outputs.ts'

export type Client = ContractRouterClient<Contract>

export const passphrase = 'six random words are best'
const masterKey = 'made up, and worth nothing'

/** A desk as a host opens it, on folder repositories: files, journal, chain, vault and worker threads are the real ones. */
export interface RouterLab {
  /** Holds whatever a test makes. */
  readonly dir: string
  readonly stateFolder: string
  /** What the handlers of its calls work with. */
  readonly desk: Desk
  readonly client: Client
  readonly watched: WatchedOutputs
  readonly running: RunningDesk
  /** Of the vault: opens every sealed backup here. */
  readonly masterKeyId: string
  /** Folders with the backups of each. */
  readonly kiok: string
  readonly chango: string
  /** Jobs that a dead process left behind; each is taken once. */
  takeInterrupted(): string
  /** A saved cluster of its own for one test. */
  addCluster(fields?: Partial<ClusterFields>): Promise<Cluster>
  newestBackup(clusterId: string): Promise<string>
  /** A folder that something stands in, and the plan that would replace it. */
  planned(clusterId: string): Promise<{ readonly plan: Plan; readonly targetDir: string }>
  /** Waits until the job has ended; gives its state. */
  ended(jobId: string): Promise<string>
  /** Lines of the log that tell of what was not expected. */
  incidents(): Promise<readonly string[]>
  /** A name that nothing else here has. */
  /** How the masters of the lab are reached, with a login that is right. */
  readonly connection: ConnectionValues
  /** Another schedule each time. */
  cron(): string
  addConnected(fields?: Partial<ClusterFields>): Promise<Cluster>
  fresh(word: string): string
  close(): Promise<void>
}

interface ClusterFields {
  readonly name: string
  readonly system: SystemName
  readonly folder: string
  readonly mode: Cluster['mode']
  readonly masterKeys: readonly string[]
}

const workerUrl = new URL('../../../src/main/hosts/worker.ts', import.meta.url)

/** An installation that nobody has done anything with yet. */
export async function openEmptyDesk(): Promise<Pick<RouterLab, 'client' | 'watched' | 'close'>> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-empty-'))
  const running = await openDesk({ stateFolder: dir, version: '0.0.0', shell: 'command line', workerUrl })
  const watched = watchOutputs(running.router)
  return {
    client: inProcessClient(watched.router, running.log),
    watched,
    close: async () => {
      await running.close()
      await rm(dir, { recursive: true })
    },
  }
}

export async function openRouterLab(): Promise<RouterLab> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-router-'))
  const stateFolder = join(dir, 'desk')
  const repositories = await makeRepositories(dir)
  const options = { stateFolder, version: '0.0.0', shell: 'command line', workerUrl } as const
  const first = await openDesk(options)
  const before = inProcessClient(first.router, first.log)
  await before.vault.choose({ backend: 'sealedFile', passphrase })
  const key = await before.vault.add({
    label: 'key of the lab',
    secret: { kind: 'masterKey', key: masterKey },
  })
  const { id } = await before.clusters.add({
    ...clusterInput({ name: 'killed', folder: repositories.kiok, masterKeys: [key.id] }),
  })
  const interrupted = await interruptedJobs(id, before)
  await first.close()

  const running = await openDesk(options)
  const watched = watchOutputs(running.router)
  const client = inProcessClient(watched.router, running.log)
  await client.vault.unlock({ passphrase })
  const password = 'the password of the masters'
  const masters = await startKiokMasters({
    users: { admin: { password } },
    takeBackup: async () => '20261120T020000Z-00000000',
  })
  const login = await client.vault.add({
    label: 'login of the lab',
    secret: { kind: 'login', user: 'admin', password },
  })
  let made = 0
  const lab: RouterLab = {
    dir,
    stateFolder,
    desk: running.desk,
    client,
    watched,
    running,
    masterKeyId: key.id,
    ...repositories,
    takeInterrupted() {
      const job = interrupted.pop()
      if (job === undefined) throw new Error('More interrupted jobs were asked for than there are.')
      return job
    },
    async addCluster(fields = {}) {
      return client.clusters.add({
        ...clusterInput({
          name: lab.fresh('cluster'),
          folder: repositories.kiok,
          masterKeys: [key.id],
          ...fields,
        }),
      })
    },
    connection: { masters: [...masters.origins], login: login.id },
    cron: () => `${(made += 1) % 60} 4 * * *`,
    async addConnected(fields = {}) {
      const cluster = await lab.addCluster(fields)
      await client.masters.save({ id: cluster.id, values: lab.connection })
      return cluster
    },
    async newestBackup(clusterId) {
      const [newest] = (await client.backups.chain({ clusterId })).backups
      if (newest === undefined) throw new Error('The lab has no backup.')
      return newest.backupId
    },
    async planned(clusterId) {
      const targetDir = join(dir, lab.fresh('target'))
      await mkdir(targetDir)
      await writeFile(join(targetDir, 'iam'), 'what stood there')
      const backupId = await lab.newestBackup(clusterId)
      for await (const event of await client.restore.prepare({ clusterId, backupId, targetDir })) {
        if (event.type === 'plan') return { plan: event.plan, targetDir }
        if (event.type === 'refused') throw new Error(`No plan was made: ${event.failure.what}`)
      }
      throw new Error('No plan was made.')
    },
    async ended(jobId) {
      for await (const _event of await client.jobs.events({ id: jobId, after: 0 }));
      return (await client.jobs.get({ id: jobId })).state
    },
    async incidents() {
      const log = await readFile(join(stateFolder, 'log', 'holdfast.log'), 'utf8').catch(() => '')
      return log.split('\n').filter((line) => line.includes('"incident"'))
    },
    fresh: (word) => `${word}-${(made += 1)}`,
    close: async () => {
      await running.close()
      await masters.kill()
      await rm(dir, { recursive: true })
    },
  }
  return lab
}

export function clusterInput({
  name,
  folder,
  system = 'kiok',
  mode = 'normal',
  masterKeys = [],
}: Partial<ClusterFields> & Pick<ClusterFields, 'name' | 'folder'>) {
  return {
    name,
    system,
    mode,
    masterKeys: [...masterKeys],
    rpoMs: 86_400_000,
    rtoMs: null,
    repository: { kind: 'new' as const, address: pathToFileURL(folder).href, access: noAccess },
  }
}

/** As many as wait behind running ones, and a few more, so that closing the desk leaves enough of them unfinished. */
async function interruptedJobs(clusterId: string, client: Client): Promise<string[]> {
  const request = { clusterId, selection: { kind: 'all' as const }, level: null, recheck: true }
  const started = await Promise.all(
    Array.from({ length: 8 }, async () => (await client.verify.start(request)).jobId),
  )
  // At most three run at once.
  return started.slice(3)
}

async function makeRepositories(dir: string): Promise<Pick<RouterLab, 'kiok' | 'chango'>> {
  const folders = { kiok: join(dir, 'kiok'), chango: join(dir, 'chango') }
  for (const folder of Object.values(folders)) await mkdir(folder)
  const nights = nightsFrom(new Date(Date.now() - 3 * 86_400_000).toISOString(), 3, () => ['metadata'])
  const byteWork = inProcessByteWork(new Map())
  await withFolder(folders.kiok, async (store) => {
    await makeKiokRepository(
      {
        seed: 'router',
        cluster: 'kiok-lab',
        masterKey,
        nights,
        storeSizes: { metadata: 4000, kms: 3000, iam: 900, connections: 120, joblog: 5000 },
      },
      { store, byteWork },
    )
  })
  await byteWork.close()
  await withFolder(folders.chango, async (store) => {
    const when = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+/, '')
    const archive = await makeChangoArchive({ dialect: 2, seed: 'router', when, masterKey, patches: 2 })
    await store.putStream(archive.key, archive.pieces())
  })
  return folders
}

type Store = Awaited<ReturnType<typeof openStore>>

async function withFolder(folder: string, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore(parseAddress(pathToFileURL(folder).href), noAccess, 'write')
  try {
    await work(store)
  } finally {
    await store.close()
  }
}
