import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { join } from 'node:path'

const programs = ['/usr/bin/dbus-daemon', '/usr/bin/dbus-send', '/usr/bin/gnome-keyring-daemon']

/** Why no keyring can be started here; null where one can. */
export function noKeyring(): string | null {
  const missing = programs.filter((program) => !existsSync(program))
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`
}

export interface Session {
  /** For programs that are to see this session. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** A desktop session of its own: a bus, and gnome-keyring over the keyrings in `home`, opened with the password or left locked. */
export async function startSession(home: string, password: string | null): Promise<Session> {
  await mkdir(join(home, 'run'), { recursive: true, mode: 0o700 })
  const bare = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_RUNTIME_DIR: join(home, 'run') }
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=1'], {
    env: bare,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const address = await firstLine(bus)
  const env = { ...bare, DBUS_SESSION_BUS_ADDRESS: address }
  const args = ['--foreground', '--components=secrets', ...(password === null ? [] : ['--unlock'])]
  const daemon = spawn('gnome-keyring-daemon', args, { env, stdio: ['pipe', 'ignore', 'ignore'] })
  daemon.stdin.end(password ?? '')
  const session = {
    env,
    async stop() {
      await end(daemon)
      await end(bus)
    },
  }
  try {
    await isOnBus(env)
  } catch (error) {
    await session.stop()
    throw error
  }
  return session
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('it has no output')
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error('the bus ended before it said its address')
}

/** The bus starts no second one, and answers once the name has an owner. */
async function isOnBus(env: NodeJS.ProcessEnv): Promise<void> {
  const owner = 'org.freedesktop.DBus.GetNameOwner'
  for (let tries = 0; tries < 600; tries += 1) {
    const asked = spawn(
      'dbus-send',
      [
        '--session',
        '--print-reply',
        '--dest=org.freedesktop.DBus',
        '/',
        owner,
        'string:org.freedesktop.secrets',
      ],
      { env, stdio: 'ignore' },
    )
    const [code] = await once(asked, 'exit')
    if (code === 0) return
  }
  throw new Error('gnome-keyring does not come to the bus')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
