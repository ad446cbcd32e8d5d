import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const sshdPath = '/usr/sbin/sshd'

export interface Sshd {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Private key that logs in, not encrypted. */
  readonly keyFile: string
  /** The host's public keys as they stand in a `.pub` file: type, base64. */
  readonly hostKeys: { readonly ed25519: string; readonly ecdsa: string }
  /** A `known_hosts` text, and a file with it, that names this host and port with both keys. */
  readonly knownHosts: string
  readonly knownHostsFile: string
  /** A folder for whatever belongs to this server; removed with it. */
  readonly folder: string
  /** Kills the processes that serve connections, and nothing that they have started. */
  killSessions(): void
  /** Halts them where they are: the connections live, and nothing answers. They end with the server. */
  haltSessions(): void
  /** Processes that users of it have started and that still run. */
  started(): readonly number[]
  /** Kills those. */
  killStarted(): void
  /** What it has said so far. */
  log(): string
  stop(): Promise<void>
}

export interface SshdOptions {
  /** Further lines of `sshd_config`; they win over the lab's own. */
  readonly config?: readonly string[]
  /** Users of this server alone, who log in with the same key; takes root. */
  readonly users?: readonly LabUser[]
  /** Users of this machine who may log in there with the same key too; with `users`. */
  readonly unlocked?: readonly string[]
  /** Where sudo of these users looks for programs before all other places. */
  readonly sudoPath?: string
  /** Folders of this server that stand elsewhere on what its users see as their host; with `users`. */
  readonly mounts?: readonly { readonly from: string; readonly to: string }[]
}

export interface LabUser {
  readonly name: string
  readonly password: string
  /** What sudo allows, as in `NAME ALL=…`; left out: nothing. */
  readonly sudo?: string
  readonly shell?: string
}

/** A real OpenSSH server on a high port of the loopback, with fresh keys for host and user. */
export async function startSshd({
  config = [],
  users = [],
  unlocked = [],
  sudoPath,
  mounts = [],
}: SshdOptions = {}): Promise<Sshd | { readonly skip: string }> {
  if (users.length > 0 && process.getuid?.() !== 0) return { skip: 'users of its own take root' }
  if (!existsSync(sshdPath)) return { skip: `there is no ${sshdPath} (Debian: openssh-server)` }
  const user = userInfo().username
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-sshd-'))
  const path = (name: string): string => join(folder, name)
  try {
    // Where sshd, started by root, shuts its unprivileged half in.
    if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
    for (const [name, type] of [
      ['host_ed25519', 'ed25519'],
      ['host_ecdsa', 'ecdsa'],
      ['user', 'ed25519'],
    ] as const) {
      await run('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'lab', '-f', path(name)])
    }
    await copyFile(path('user.pub'), path('authorized_keys'))
    const port = await freePort()
    await writeFile(
      path('sshd_config'),
      [
        // Of two lines for the same thing sshd takes the first.
        ...config,
        'ListenAddress 127.0.0.1',
        `Port ${port}`,
        `HostKey ${path('host_ed25519')}`,
        `HostKey ${path('host_ecdsa')}`,
        `AuthorizedKeysFile ${path('authorized_keys')}`,
        'PidFile none',
        'StrictModes no',
        'UsePAM no',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'PermitRootLogin yes',
        'Subsystem sftp internal-sftp',
        'LogLevel INFO',
        '',
      ].join('\n'),
    )
    const [program, ...args] = [
      ...(users.length > 0 ? await withUsers(users, unlocked, folder, sudoPath, mounts) : []),
      sshdPath,
      '-D',
      '-e',
      '-f',
      path('sshd_config'),
    ]
    const server = spawn(program ?? sshdPath, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own, so that its sessions end with it.
      detached: true,
    })
    const killNow = (): void => kill(server)
    process.once('exit', killNow)
    const halted: number[] = []
    const stop = async (): Promise<void> => {
      for (const pid of halted.splice(0)) end(pid)
      process.off('exit', killNow)
      const gone = server.exitCode === null ? new Promise((resolve) => server.once('exit', resolve)) : null
      kill(server)
      await gone
      await rm(folder, { recursive: true, force: true })
    }
    let log = ''
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
    const problem = await listening(server)
    if (problem !== null) {
      await stop()
      return { skip: `sshd does not start: ${problem}` }
    }
    const publicKey = async (name: string): Promise<string> =>
      (await readFile(path(`${name}.pub`), 'utf8')).split(' ').slice(0, 2).join(' ')
    const hostKeys = { ed25519: await publicKey('host_ed25519'), ecdsa: await publicKey('host_ecdsa') }
    const known = Object.values(hostKeys).map((key) => `[127.0.0.1]:${port} ${key}\n`)
    await writeFile(path('known_hosts'), known.join(''))
    const keyFile = path('user')
    return {
      host: '127.0.0.1',
      port,
      user,
      keyFile,
      hostKeys,
      knownHosts: known.join(''),
      knownHostsFile: path('known_hosts'),
      folder,
      killSessions() {
        for (const { pid, isServer } of below(server.pid)) if (isServer) end(pid)
      },
      haltSessions() {
        for (const { pid, isServer } of below(server.pid)) {
          if (!isServer) continue
          process.kill(pid, 'SIGSTOP')
          halted.push(pid)
        }
      },
      killStarted() {
        for (const { pid, isServer } of below(server.pid)) if (!isServer) end(pid)
      },
      started: () => below(server.pid).flatMap(({ pid, isServer }) => (isServer ? [] : [pid])),
      log: () => log,
      stop,
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/**
 * The beginning of a command line whose process sees users and sudo rules of its own: files bound over the system's, in
 * a mount namespace that ends with it.
 */
async function withUsers(
  users: readonly LabUser[],
  unlocked: readonly string[],
  folder: string,
  sudoPath: string | undefined,
  more: NonNullable<SshdOptions['mounts']>,
): Promise<readonly string[]> {
  const path = (name: string): string => join(folder, name)
  const lines: Record<'passwd' | 'shadow' | 'group' | 'sudoers', string[]> = {
    passwd: [await readFile('/etc/passwd', 'utf8')],
    // sshd refuses an account that is locked.
    shadow: [
      unlocked.reduce(
        (text, name) => text.replace(new RegExp(`^${name}:!`, 'm'), `${name}:*`),
        await readFile('/etc/shadow', 'utf8'),
      ),
    ],
    group: [await readFile('/etc/group', 'utf8')],
    sudoers: [
      'Defaults env_reset, timestamp_timeout=0',
      ...(sudoPath === undefined ? [] : [`Defaults secure_path="${sudoPath}:/usr/sbin:/usr/bin:/sbin:/bin"`]),
      'root ALL=(ALL:ALL) ALL',
    ],
  }
  for (const [place, { name, password, sudo, shell = '/bin/sh' }] of users.entries()) {
    const id = 64_100 + place
    const { stdout: hash } = await run('openssl', ['passwd', '-6', password])
    lines.passwd.push(`${name}:x:${id}:${id}::${path(name)}:${shell}`)
    lines.shadow.push(`${name}:${hash.trim()}:19000:0:99999:7:::`)
    lines.group.push(`${name}:x:${id}:`)
    if (sudo !== undefined) lines.sudoers.push(`${name} ALL=${sudo}`)
    await mkdir(path(name), { mode: 0o755 })
    await chown(path(name), id, id)
  }
  const mounts: string[] = []
  for (const [name, text] of Object.entries(lines)) {
    const isSecret = name === 'shadow' || name === 'sudoers'
    await writeFile(path(name), `${text.map((line) => line.replace(/\n$/, '')).join('\n')}\n`, {
      mode: isSecret ? 0o440 : 0o644,
    })
    mounts.push(`mount --bind '${path(name)}' /etc/${name}`)
  }
  // The users read the file of keys, and enter their homes.
  await chmod(folder, 0o711)
  for (const { from, to } of more) mounts.push(`mkdir -p '${to}'`, `mount --bind '${from}' '${to}'`)
  const script = `${mounts.join(' && ')} && exec "$@"`
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh']
}

/** Null once it listens; else the last thing it said. */
async function listening(server: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let said = ''
    server.stderr?.on('data', (text: string) => {
      said = (said + text).slice(-2_000)
      if (said.includes('Server listening on')) resolve(null)
    })
    server.once('exit', () => resolve(said.trim()))
    server.once('error', (error) => resolve(error.message))
  })
}

interface Below {
  readonly pid: number
  readonly isServer: boolean
}

/** All processes below one. */
function below(pid: number | undefined): readonly Below[] {
  return childrenOf(pid).flatMap((each) => [
    { pid: each, isServer: textOf(`/proc/${each}/comm`).startsWith('sshd') },
    ...below(each),
  ])
}

function childrenOf(pid: number | undefined): readonly number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((each) => each.trim() !== '')
    .map(Number)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

function kill(server: ChildProcess): void {
  if (server.pid === undefined) return
  try {
    process.kill(-server.pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
