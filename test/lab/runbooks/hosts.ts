import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server as TcpServer } from 'node:net'
import { createServer as createHttpServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fingerprintOf } from '../../../src/main/adapters/ssh-login/known-hosts.ts'
import type { SshValues } from '../../../src/shared/contract/connection-fields.ts'
import { listenAtOwnPort } from '../own-port.ts'
import { mountSmallDisk, unmount } from '../small-disk.ts'
import { startSshd, type Sshd } from '../sshd.ts'

/** One host: a real SSH server whose users see a file tree of their own. */
export interface LabHost {
  /** `operator@127.0.0.1:PORT` */
  readonly address: string
  /** What stands at `/opt` there, as this process sees it. */
  readonly tree: string
  /** Where its file system begins, if it has one of its own. */
  readonly disk: string | null
  /** What its start and stop scripts have written down, a line each. */
  record(): readonly string[]
  /** Its server, as it is. */
  readonly sshd: Pick<Sshd, 'killSessions' | 'killStarted' | 'started'>
  /** As a host that went down. */
  down(): Promise<void>
  /** The next start there does what it is asked for, and does not say so. */
  hold(): HeldStart
}

export interface HeldStart {
  /** Once a start has done its work. */
  reached(): Promise<void>
  /** Lets the start say so. */
  release(): void
}

/** At the end of a script. */
export const waitsWhereHeld = (folder: string): string =>
  `if [ -e '${folder}/hold' ]; then : >'${folder}/held'; while [ -e '${folder}/hold' ]; do sleep 0.05; done; fi`

export interface LabHosts {
  readonly hosts: readonly LabHost[]
  readonly ssh: SshValues
  /** Ends the programs that were started there and were never stopped. */
  close(): Promise<void>
}

/** The one who logs in may become the one who runs the cluster, without a password; nobody else. */
const operator = 'lab-operator'
const firstId = 64_100

/**
 * Hosts for runbooks. `serviceUser` runs the cluster there; `files` are put below `/opt`, scripts executable. Takes root, for the
 * users and mounts of each host.
 */
export async function startLabHosts(of: {
  readonly count: number
  readonly serviceUser: string
  /** Where units are root's: who logs in may become root too. */
  readonly asRoot?: boolean
  readonly files: (host: number) => Readonly<Record<string, string>>
  readonly folders: readonly string[]
  /** Each host has a small file system of its own, of so many bytes; takes a mount namespace of one's own. */
  readonly diskBytes?: number | undefined
}): Promise<LabHosts | { readonly skip: string }> {
  const base = await mkdtemp(join(tmpdir(), 'hf-hosts-'))
  await chmod(base, 0o755)
  const servers: Sshd[] = []
  const keyFiles: string[] = []
  const stops: (() => Promise<void>)[] = []
  const hosts: LabHost[] = []
  for (let place = 0; place < of.count; place += 1) {
    const disk = join(base, `host-${place + 1}`)
    await mkdir(disk)
    if (of.diskBytes !== undefined) mountSmallDisk(disk, of.diskBytes)
    const tree = join(disk, 'opt')
    const varTmp = join(base, `host-${place + 1}`, 'var-tmp')
    await mkdir(tree, { recursive: true })
    await mkdir(varTmp)
    await chmod(varTmp, 0o1777)
    const folders = [...of.folders, 'lab']
    for (const folder of folders) {
      await mkdir(join(tree, folder), { recursive: true })
      await chown(join(tree, folder), firstId + 1, firstId + 1)
    }
    for (const [name, text] of Object.entries(of.files(place))) {
      await mkdir(join(tree, name, '..'), { recursive: true })
      await writeFile(join(tree, name), text, { mode: 0o755 })
    }
    // It has its first page, which what is recorded goes into, when the disk becomes full.
    await writeFile(join(tree, 'lab', 'record'), '\n')
    await chown(join(tree, 'lab', 'record'), firstId + 1, firstId + 1)
    const server = await startSshd({
      users: [
        {
          name: operator,
          password: 'x',
          sudo: `(${of.serviceUser}${of.asRoot === true ? ', root' : ''}) NOPASSWD: ALL`,
        },
        { name: of.serviceUser, password: 'y' },
      ],
      // Programs of the lab come before those of the system, for who logs in by sudo.
      sudoPath: '/opt/bin',
      mounts: [
        { from: tree, to: '/opt' },
        { from: varTmp, to: '/var/tmp' },
      ],
    })
    if ('skip' in server) {
      await Promise.all(stops.map(async (stop) => stop()))
      await rm(base, { recursive: true })
      return server
    }
    servers.push(server)
    // Its own folder goes with it, and this key is tried for the others too.
    const keyFile = join(base, `key-${place + 1}`)
    await copyFile(server.keyFile, keyFile)
    await chmod(keyFile, 0o600)
    keyFiles.push(keyFile)
    let stopping: Promise<void> | null = null
    const stop = async (): Promise<void> => (stopping ??= server.stop())
    stops.push(stop)
    hosts.push({
      address: `${operator}@${server.host}:${server.port}`,
      tree,
      disk: of.diskBytes === undefined ? null : disk,
      sshd: server,
      record: () => linesOf(join(tree, 'lab', 'record')),
      down: stop,
      hold: () => heldStart(join(tree, 'lab')),
    })
  }
  return {
    hosts,
    ssh: {
      // One key pair opens all of them.
      keyFiles,
      keyCredential: null,
      sudoCredential: null,
      hostKeys: servers.map(({ hostKeys }, place) => ({
        host: hosts[place]?.address ?? '',
        fingerprint: fingerprintOf(Buffer.from(hostKeys.ed25519.split(' ')[1] ?? '', 'base64')),
      })),
    },
    async close() {
      await Promise.all(hosts.map(async ({ tree }) => endProcesses(tree)))
      await Promise.all(stops.map(async (stop) => stop()))
      for (const { disk } of hosts) if (disk !== null) unmount(disk)
      await rm(base, { recursive: true, force: true })
    },
  }
}

/** `folder`: of the files `hold` and `held`. */
export function heldStart(folder: string): HeldStart {
  writeFileSync(join(folder, 'hold'), '')
  return {
    async reached() {
      while (!existsSync(join(folder, 'held'))) await setTimeout(10)
    },
    release: () => rmSync(join(folder, 'hold')),
  }
}

/** Only those whose pid files lie in the tree: the lab's own. */
async function endProcesses(tree: string): Promise<void> {
  for (const name of await readdir(tree, { recursive: true })) {
    if (!name.endsWith('.pid')) continue
    const pid = Number(await readFile(join(tree, name), 'utf8'))
    try {
      if (pid > 1) process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}

/** A server that can be switched off, so that its port refuses, and on again, at the same place. */
export interface SwitchedServer {
  readonly origin: string
  on(): Promise<void>
  off(): Promise<void>
}

export async function switchedServer(
  listener: Parameters<typeof createHttpServer>[1],
): Promise<SwitchedServer> {
  let port: number | null = null
  let server: Server | null = null
  const off = async (): Promise<void> => {
    const was = server
    server = null
    if (was === null) return
    was.closeAllConnections()
    await new Promise((resolve) => was.close(resolve))
  }
  const on = async (): Promise<void> => {
    if (server !== null) return
    const next = createHttpServer(listener)
    server = next
    const known = port
    if (known === null) port = await listenAtOwnPort(next)
    else
      await new Promise<void>((resolve, reject) => {
        next.once('error', reject)
        next.listen(known, '127.0.0.1', resolve)
      })
  }
  await on()
  const origin = `http://127.0.0.1:${port}`
  await off()
  return { origin, on, off }
}

/** Ports that take connections and say nothing, as a member of ZooKeeper to a stranger. */
export async function silentPorts(count: number): Promise<{
  readonly addresses: readonly string[]
  kill(place: number): Promise<void>
  close(): Promise<void>
}> {
  const servers: TcpServer[] = []
  const addresses: string[] = []
  for (let place = 0; place < count; place += 1) {
    const server = createServer((socket) => socket.on('error', () => undefined).end())
    addresses.push(`127.0.0.1:${await listenAtOwnPort(server)}`)
    servers.push(server)
  }
  const end = async (server: TcpServer | undefined): Promise<void> => {
    if (server?.listening === true) await new Promise((resolve) => server.close(resolve))
  }
  return {
    addresses,
    kill: async (place) => end(servers[place]),
    close: async () => void (await Promise.all(servers.map(end))),
  }
}
