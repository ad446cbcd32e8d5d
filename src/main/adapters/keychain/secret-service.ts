import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/**
 * What Linux's Secret Service can be asked over D-Bus and libsecret does not tell: whether an item is there but locked
 * (the answer to a lookup is then the same as for one that is not there), and who it is. Asking opens no prompt.
 * Specification: freedesktop.org Secret Service API 0.2, `SearchItems`, `Collection.Locked`.
 */
export interface SecretService {
  /**
   * `unsure`: nothing is shown, and the default keyring is closed or does not exist, so it might be there all the same.
   * Null where it cannot be asked.
   */
  find(service: string, account: string): Promise<'open' | 'locked' | 'absent' | 'unsure' | null>
  /** The service's own name; null where it cannot be told. */
  name(): Promise<string | null>
}

const secretService: SecretService = {
  async find(service, account) {
    const answer = await ask(
      'org.freedesktop.secrets',
      '/org/freedesktop/secrets',
      'org.freedesktop.Secret.Service.SearchItems',
      `dict:string:string:service,${service},account,${account}`,
    )
    // Two arrays of object paths: unlocked, locked.
    const [, unlocked, locked] = answer?.split('array [') ?? []
    if (unlocked === undefined || locked === undefined) return null
    if (unlocked.includes('/')) return 'open'
    if (locked.includes('/')) return 'locked'
    return (await defaultIsOpen()) ? 'absent' : 'unsure'
  },
  async name() {
    const answer = await ask(
      'org.freedesktop.DBus',
      '/org/freedesktop/DBus',
      'org.freedesktop.DBus.GetConnectionUnixProcessID',
      'string:org.freedesktop.secrets',
    )
    const pid = /uint32 ([0-9]+)/.exec(answer ?? '')?.[1]
    if (pid === undefined) return null
    const program = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    return programNames.find(([start]) => program.startsWith(start))?.[1] ?? null
  },
}

/** Windows and macOS say "locked" themselves. */
const noSecretService: SecretService = { find: async () => null, name: async () => null }

export const systemSecretService = process.platform === 'linux' ? secretService : noSecretService

/** The kernel keeps 15 characters. */
const programNames: readonly (readonly [string, string])[] = [
  ['gnome-keyring-d', 'GNOME Keyring'],
  ['kwalletd', 'KWallet'],
  ['ksecretd', 'KWallet'],
  ['keepassxc', 'KeePassXC'],
  ['oo7-daemon', 'oo7'],
]

/** A keyring that was never opened shows no items at all, and so does one that does not exist yet. */
async function defaultIsOpen(): Promise<boolean> {
  const answer = await ask(
    'org.freedesktop.secrets',
    '/org/freedesktop/secrets/aliases/default',
    'org.freedesktop.DBus.Properties.Get',
    'string:org.freedesktop.Secret.Collection',
    'string:Locked',
  )
  return answer?.includes('boolean false') ?? false
}

/** Null where nothing answers, or there is no program to ask with. */
async function ask(destination: string, path: string, ...call: readonly string[]): Promise<string | null> {
  const args = [
    '--session', '--print-reply=literal', '--reply-timeout=5000', `--dest=${destination}`, path, ...call,
  ] // prettier-ignore
  return new Promise((resolve) => {
    execFile('dbus-send', args, { env: busEnvironment(), timeout: 6000 }, (error, stdout) =>
      resolve(error === null ? stdout : null),
    )
  })
}

/** What it needs to find the bus; a master key in ours is none of its business. */
function busEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'DISPLAY']
  return Object.fromEntries(names.map((name) => [name, process.env[name]]))
}
