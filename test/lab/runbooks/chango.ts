import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync } from 'node:fs'
import {
  chmod,
  chown,
  cp,
  lchown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { fingerprintOf } from '../../../src/main/adapters/ssh-login/known-hosts.ts'
import { makeChangoArchive } from '../chango.ts'
import { listenAtOwnPort } from '../own-port.ts'
import { sha256Of } from '../seeded.ts'
import { mountSmallDisk, unmount } from '../small-disk.ts'
import { startSshd, type Sshd } from '../sshd.ts'
import { labMaster, type LabMaster, type LabState } from './chango-masters.ts'
import { writePrograms } from './chango-programs.ts'

export interface ChangoHostsOptions {
  readonly dialect: 1 | 2
  readonly masterKey: string
  readonly login: { readonly user: string; readonly password: string }
  /** When the newest backup was made. */
  readonly madeAt?: Date
  /** Called once a new backup lies in the repository. */
  readonly afterBackup?: () => Promise<void>
  /** Each host has a small file system of its own, of so many bytes; takes a mount namespace of one's own. */
  readonly diskBytes?: number
}

export interface ChangoHosts {
  readonly dialect: 1 | 2
  /** As a connection of chango has it; its login is the credential `login`. */
  readonly connection: ConnectionValues
  /** For the runbooks of chango. */
  readonly inputs: Readonly<Record<string, string>>
  readonly addresses: readonly string[]
  readonly sshd: readonly Pick<Sshd, 'killSessions' | 'killStarted' | 'started'>[]
  /** A folder repository with the archive. */
  readonly repository: string
  readonly backupId: string
  /** What was done to the hosts and masters, in order: never a secret. */
  record(): Promise<readonly string[]>
  /** Where a path of a host lies on this machine. */
  pathOn(place: number, path: string): string
  /** As the host sees it. */
  readonly site: string
  readonly components: LabState['components']
  readonly users: Map<string, string>
  /** Users who have to choose another password before anything else. */
  readonly mustChange: Set<string>
  /** Starts a master by its own script, as a person on the host would. */
  startMaster(place: number, key: string): Promise<void>
  startZooKeeper(place: number): Promise<void>
  /** As the account of the masters would have written it. */
  writeFile(place: number, path: string, text: string): Promise<void>
  runs(): readonly number[]
  /** How often a gate still says that it waits, for each master that starts. */
  gateWaits: number
  /** The next start of a master ends at once, with these words in its log. */
  failStart: string | null
  /** Ends the processes, as a crash of the host would. */
  killProcess(place: number, what: 'master' | 'zookeeper'): Promise<void>
  stop(): Promise<void>
}

/** Of the account that the masters run as: the second of the lab's users. */
const changoId = 64_101

/**
 * Two hosts of chango: real SSH servers, each with a file tree of its own under the same paths, programs that write down
 * what was done to them, and masters whose HTTP side lives and dies with a real process on its host.
 */
export async function startChangoHosts(
  options: ChangoHostsOptions,
): Promise<ChangoHosts | { readonly skip: string }> {
  const { dialect, masterKey, login } = options
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-chango-'))
  await chmod(folder, 0o755)
  const site = join(folder, 'site')
  const bucket = join(folder, 'bucket')
  const recordFile = join(folder, 'record')
  await mkdir(site)
  await mkdir(bucket)
  await writeFile(recordFile, '')
  await chmod(recordFile, 0o666)
  const fingerprint = createHash('sha256')
    .update(`chango-master-key-fingerprint:v1:${masterKey}`)
    .digest('hex')
    .slice(0, 16)
  const treeOf = (place: number): string => join(folder, `host-${place}`)
  const record = (text: string): void => appendFileSync(recordFile, `${text}\n`)
  const root = dialect === 1 ? 'var/lib/chango' : 'opt/chango/data/master'

  const store = await openFolderStore(bucket)
  const write = async (seed: string, when: Date) => {
    const archive = await makeChangoArchive({
      dialect,
      seed,
      when: when.toISOString().replace(/\.\d+/, ''),
      patches: 2,
      masterKey,
    })
    await store.putStream(archive.key, archive.pieces())
    await chmod(join(bucket, archive.key), 0o644)
    return { backupId: archive.backupId, objectKey: archive.key, sha256: await sha256Of(archive.pieces()) }
  }
  const { backupId } = await write('first', options.madeAt ?? new Date(Date.now() - 6 * 3_600_000))

  const sockets = new Set<Socket>()
  const living = new Map<string, Socket>()
  const runs = new Set<number>()
  const waits = new Map<number, number>()
  const tokens = new Set<string>()
  const free = await ownPorts(4)
  const ports = free.slice(0, 2)
  const zooKeeperPorts = free.slice(2)
  const third = await listen(
    createServer((socket) => socket.destroy()),
    0,
  )
  let leader: number | null = null
  let made = 0

  const state: LabState = {
    dialect,
    fingerprint,
    leader: () => leader,
    runs: () => [...runs].sort((a, b) => a - b),
    isReady(place) {
      if (!runs.has(place) || !zooKeeperHasQuorum()) return false
      const left = waits.get(place) ?? 0
      waits.set(place, left - 1)
      if (left > 0) return false
      leader ??= place
      return true
    },
    origins: ports.map((port) => `http://127.0.0.1:${port}`),
    users: new Map([[login.user, login.password]]),
    mustChange: new Set(),
    components: new Map(
      (['trino/trino-prod', 'spark/spark-prod'] as const).map((name) => {
        const [kind = '', id = ''] = name.split('/')
        return [name, { kind, id, status: 'STOPPED' }]
      }),
    ),
    patches: async () => {
      const at = join(treeOf(leader ?? 1), 'opt/chango/data/master/patches/trino')
      return existsSync(at) ? readdirSync(at).length : 0
    },
    takeBackup: async () => {
      made += 1
      const written = await write(`made ${made}`, new Date(Date.now() + made * 1000))
      await options.afterBackup?.()
      return written
    },
    record,
    settings: new Map([
      ['backup.cron', '0 2 * * *'],
      ['backup.s3.bucket', 'backups'],
    ]),
    nodeManagers: [{ nodeId: 'nm-127.0.0.1-19998', host: '127.0.0.1', ready: true }],
  }
  const masters: readonly LabMaster[] = ports.map((port, index) => labMaster(index + 1, port, state, tokens))
  const zooKeepers = new Map<number, Server>()
  const zooKeeperHasQuorum = (): boolean => zooKeepers.size + 1 > 1

  const lab = { gateWaits: 2, failStart: null as string | null }

  /** Why a master with these stores would end itself; null where it would run. */
  async function refusal(place: number, keyFingerprint: string): Promise<string | null> {
    if (lab.failStart !== null) return lab.failStart
    const at = join(treeOf(place), root)
    if (!existsSync(join(at, 'kms'))) {
      if (leader === null || leader === place) return 'Mandatory startup pull failed; aborting'
      if (keyFingerprint !== fingerprint) return 'AEADBadTagException: Tag mismatch'
      for (const name of ['kms', 'iam', 'metadata']) {
        await cp(join(treeOf(leader), root, name), join(at, name), {
          recursive: true,
          preserveTimestamps: true,
        })
        await ownBy(join(at, name))
      }
      record(`host-${place} pulled from host-${leader}`)
      return null
    }
    const { uid } = await stat(join(at, 'kms', 'CURRENT')).catch(() => ({ uid: -1 }))
    if (uid === -1) return 'RocksDBException: CURRENT: No such file or directory'
    if (uid !== changoId) return 'RocksDBException: CURRENT: Permission denied'
    if (keyFingerprint !== fingerprint) return 'AEADBadTagException: Tag mismatch'
    // What a master with other stores of its own does to those that were restored.
    const current = async (of: number): Promise<string> =>
      readFile(join(treeOf(of), root, 'metadata', 'CURRENT'), 'utf8').catch(() => '')
    if (leader !== null && leader !== place && (await current(place)) !== (await current(leader)))
      record(`host-${place} pushed its own state`)
    return null
  }

  async function live(socket: Socket): Promise<void> {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    const lines = createInterface({ input: socket, crlfDelay: Infinity })
    const first = await new Promise<string>((resolve) => lines.once('line', resolve))
    const [what = '', where = '', ...rest] = first.split(' ')
    const place = Number(where)
    if (what === 'leader') {
      socket.end(leader === null ? '' : `master-host-${leader}-8080\n`)
    } else if (what === 'nodes') {
      socket.end(`[${[...runs].map((each) => `master-host-${each}-8080`).join(', ')}]\n`)
    } else if (what === 'password') {
      if (!runs.has(place)) return void socket.end('no master answers on the socket\n')
      state.users.set(login.user, rest.join(' '))
      state.mustChange.add(login.user)
      socket.end('ok\n')
    } else if (what === 'zookeeper') {
      const port = zooKeeperPorts[place - 1] ?? 0
      zooKeepers.set(
        place,
        await listen(
          createServer((each) => each.destroy()),
          port,
        ),
      )
      living.set(`zookeeper ${place}`, socket)
      socket.once('close', () => {
        zooKeepers.get(place)?.close()
        zooKeepers.delete(place)
      })
    } else if (what === 'master') {
      const why = await refusal(place, rest[0] ?? '')
      if (why !== null) {
        record(`host-${place} master ended`)
        return void socket.end(`say ${why}\nexit\n`)
      }
      await masters[place - 1]?.open()
      runs.add(place)
      waits.set(place, lab.gateWaits)
      living.set(`master ${place}`, socket)
      const gone = (): void => {
        runs.delete(place)
        if (leader === place) leader = null
        void masters[place - 1]?.close()
      }
      if (socket.destroyed) gone()
      else socket.once('close', gone)
    }
  }
  const control = createServer((socket) => void live(socket).catch(() => socket.destroy()))
  const controlServer = await listen(control, 0)

  const servers: Sshd[] = []
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    for (const server of servers) await server.stop()
    for (const master of masters) await master.close()
    for (const server of [control, third, ...zooKeepers.values()]) server.close()
    if (options.diskBytes !== undefined) for (const place of [1, 2]) unmount(treeOf(place))
    await rm(folder, { recursive: true, force: true })
  }
  for (const place of [1, 2]) {
    const tree = treeOf(place)
    await mkdir(tree)
    if (options.diskBytes !== undefined) mountSmallDisk(tree, options.diskBytes)
    for (const each of [
      'java/bin',
      'opt/chango/conf',
      'opt/chango/lib',
      'opt/components',
      'var/log/chango',
      'var/lib/chango/zookeeper',
      'opt/chango/data/master',
      'var-tmp',
    ]) {
      await mkdir(join(tree, each), { recursive: true })
    }
    await writeFile(join(tree, 'java/bin/java'), '#!/bin/sh\n', { mode: 0o755 })
    await writeFile(join(tree, 'var/lib/chango/zookeeper/myid'), `${place}\n`)
    await writeFile(join(tree, 'opt/chango/lib/chango-master-3.0.0.jar'), '')
    await writeOldStores(join(tree, root), place)
    await writePrograms(join(tree, 'opt/chango/bin'), {
      place,
      controlPort: portOf(controlServer),
      record: recordFile,
      bucket,
      site,
      dialect,
      fingerprint,
    })
    for (const each of ['opt', 'var']) await ownBy(join(tree, each))
    await chmod(join(tree, 'var-tmp'), 0o1777)
    const server = await startSshd({
      users: [
        { name: 'operator', password: 'x', sudo: '(ALL) NOPASSWD: ALL' },
        { name: 'chango', password: 'y', shell: '/bin/bash' },
      ],
      mounts: [
        { from: tree, to: site },
        { from: join(tree, 'var-tmp'), to: '/var/tmp' },
      ],
    })
    if ('skip' in server) {
      await stop()
      return server
    }
    servers.push(server)
  }
  const addresses = servers.map(({ port }) => `operator@127.0.0.1:${port}`)
  const pathOn = (place: number, path: string): string => join(treeOf(place), path.replace(site, ''))

  async function begin(place: number, what: string, pidFile: string, word: string): Promise<void> {
    const bin = join(treeOf(place), 'opt/chango/bin')
    const child = spawn('bash', [join(bin, 'process.sh'), what, word], {
      stdio: 'ignore',
      detached: true,
      uid: changoId,
    })
    child.unref()
    await writeFile(join(bin, pidFile), `${child.pid ?? 0}\n`)
    await ownBy(join(bin, pidFile))
  }

  const hosts: ChangoHosts = {
    dialect,
    addresses,
    sshd: servers,
    site,
    repository: bucket,
    backupId,
    components: state.components,
    users: state.users,
    mustChange: state.mustChange,
    connection: {
      masters: [...state.origins],
      login: 'login',
      plaintext: true,
      hosts: [...addresses],
      ssh: {
        keyFiles: servers.map(({ keyFile }) => keyFile),
        hostKeys: servers.map(({ hostKeys }, index) => ({
          host: addresses[index] ?? '',
          fingerprint: fingerprintOf(Buffer.from(hostKeys.ed25519.split(' ')[1] ?? '', 'base64')),
        })),
      },
    },
    inputs: {
      zookeeper: [...zooKeeperPorts, portOf(third)].map((port) => `127.0.0.1:${port}`).join(','),
      home: `${site}/opt/chango`,
      data: `${site}/var/lib/chango`,
      javaHome: `${site}/java`,
      logs: `${site}/var/log/chango`,
      components: `${site}/opt/components`,
      ports: ports.join(','),
    },
    record: async () => (await readFile(recordFile, 'utf8')).split('\n').filter((line) => line !== ''),
    pathOn,
    async startZooKeeper(place) {
      await begin(place, 'zookeeper', 'zookeeper.pid', '')
      await until(() => zooKeepers.has(place))
    },
    async writeFile(place, path, text) {
      const at = pathOn(place, path)
      await mkdir(dirname(at), { recursive: true })
      await writeFile(at, text)
      await ownBy(dirname(at))
    },
    async startMaster(place, key) {
      const keyFingerprint = createHash('sha256')
        .update(`chango-master-key-fingerprint:v1:${key}`)
        .digest('hex')
        .slice(0, 16)
      await begin(place, 'master', 'master-8080.pid', keyFingerprint)
      await until(() => runs.has(place))
      waits.set(place, 0)
    },
    runs: state.runs,
    get gateWaits() {
      return lab.gateWaits
    },
    set gateWaits(times) {
      lab.gateWaits = times
    },
    get failStart() {
      return lab.failStart
    },
    set failStart(words) {
      lab.failStart = words
    },
    async killProcess(place, what) {
      living.get(`${what} ${place}`)?.destroy()
      await until(() => (what === 'master' ? !runs.has(place) : !zooKeepers.has(place)))
    },
    stop,
  }
  return hosts
}

/** What stood there before the disaster: whole, and of another time. */
async function writeOldStores(root: string, place: number): Promise<void> {
  for (const name of ['kms', 'iam', 'metadata']) {
    await mkdir(join(root, name), { recursive: true })
    await writeFile(join(root, name, 'CURRENT'), 'MANIFEST-000001\n')
    await writeFile(join(root, name, 'MANIFEST-000001'), `old ${name} of host ${place}`)
  }
}

async function ownBy(at: string): Promise<void> {
  await lchown(at, changoId, changoId)
  const entry = await stat(at)
  if (!entry.isDirectory()) return
  await chown(at, changoId, changoId)
  for (const name of await readdir(at)) await ownBy(join(at, name))
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2000; tries += 1) {
    if (isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('the lab waits in vain')
}

async function listen(server: Server, port: number): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Ports that stay this lab's while nothing listens there. */
async function ownPorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  for (let each = 0; each < count; each += 1) {
    const server = createServer()
    ports.push(await listenAtOwnPort(server))
    await new Promise((resolve) => server.close(resolve))
  }
  return ports
}
