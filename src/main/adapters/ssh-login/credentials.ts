import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'

/** Where the keys to log in with come from. Nothing here is ever stored. */
export interface SshCredentials {
  /** The socket of an ssh-agent (`SSH_AUTH_SOCK`); null: none. */
  readonly agentSocket: string | null
  /** Private keys that somebody named for this host, tried before the agent; null: nobody did. */
  readonly keyFiles: readonly string[] | null
  /** For encrypted key files. */
  readonly passphrase?: string
}

/** What else is known about the keys for one host. */
export interface KeyPlaces {
  /** Where `id_*` is looked for when nobody names a key, to be tried after the agent. */
  readonly sshFolder: string
  /** Named by `~/.ssh/config`; null: none. One that is not there is passed over, as ssh does. */
  readonly identityFiles: readonly string[] | null
  /** True: named keys alone, and no agent. */
  readonly identitiesOnly: boolean
}

/** One way to log in, in the words of ssh2. */
type LoginMethod =
  | { readonly type: 'agent'; readonly username: string; readonly agent: string }
  | {
      readonly type: 'publickey'
      readonly username: string
      readonly key: string
      readonly passphrase?: string
    }

export interface Logins {
  readonly methods: readonly LoginMethod[]
  /** What is tried and what had to be left out, for messages: names, never keys. */
  readonly notes: readonly string[]
}

/** Who logs in where, for messages; nothing of it is secret. */
export interface Account {
  readonly user: string
  readonly host: string
  readonly port: number
}

/** Throws `host.authentication` where a named key file cannot be used, or where there is nothing to log in with. */
export async function findLogins(
  account: Account,
  credentials: SshCredentials,
  { sshFolder, identityFiles, identitiesOnly }: KeyPlaces,
): Promise<Logins> {
  const { agentSocket, keyFiles, passphrase } = credentials
  const { user: username } = account
  const notes: string[] = []
  const keys: LoginMethod[] = []
  for (const file of keyFiles ?? identityFiles ?? (await usualKeyFiles(sshFolder))) {
    const key = await readKey(file)
    if (key === null || (isEncrypted(key) && passphrase === undefined)) {
      const flaw =
        key === null
          ? `The key file ${file} could not be read.`
          : `The key file ${file} is encrypted, and no passphrase was given.`
      if (keyFiles !== null)
        throw notLoggedIn(account, flaw, 'Load the key into an ssh-agent (ssh-add), or name another one.')
      notes.push(flaw)
      continue
    }
    keys.push({ type: 'publickey', username, key, ...(passphrase !== undefined && { passphrase }) })
    notes.push(`The key file ${file} was tried.`)
  }
  const agent: LoginMethod[] = []
  if (identitiesOnly) {
    notes.push('~/.ssh/config keeps to the keys that it names (IdentitiesOnly), so no agent was asked.')
  } else if (agentSocket !== null && agentSocket !== '') {
    // ssh2 ends the whole connection where an agent does not answer; the key files may still do.
    const answers = await answersAt(agentSocket)
    if (answers) agent.push({ type: 'agent', username, agent: agentSocket })
    notes.push(answers ? 'The keys of the ssh-agent were tried.' : `No ssh-agent answers at ${agentSocket}.`)
  }
  const isNamed = keyFiles !== null || identityFiles !== null
  const methods = isNamed ? [...keys, ...agent] : [...agent, ...keys]
  if (methods.length === 0) {
    const why = ['There is no key to log in with.', ...notes].join(' ')
    throw notLoggedIn(account, why, 'Load a key into an ssh-agent (ssh-add), or name a key file.')
  }
  return { methods, notes }
}

export function notLoggedIn(
  { user, host, port }: Account,
  why: string,
  next: string,
  cause?: unknown,
): HoldfastError {
  return new HoldfastError(
    'host.authentication',
    {
      what: `The login as ${user} to ${host} port ${port} over SSH failed.`,
      why,
      unchanged: 'Nothing was done there.',
      next,
    },
    { cause },
  )
}

async function usualKeyFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => name.startsWith('id_') && !name.endsWith('.pub'))
    .sort()
    .map((name) => join(folder, name))
}

async function readKey(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null)
}

/**
 * True for a private key that needs a passphrase: PEM says so in a header, OpenSSH's own format (PROTOCOL.key) names a
 * cipher behind its magic.
 */
export function isEncrypted(key: string): boolean {
  if (/Proc-Type: 4,ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/.test(key)) return true
  const openSsh = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(key)
  if (openSsh === null) return false
  const bytes = Buffer.from(openSsh[1] ?? '', 'base64')
  const cipherAt = 'openssh-key-v1\0'.length
  if (bytes.length < cipherAt + 4) return false
  const cipher = bytes.toString('latin1', cipherAt + 4, cipherAt + 4 + bytes.readUInt32BE(cipherAt))
  return cipher !== 'none'
}

async function answersAt(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    const answer = (answers: boolean): void => {
      socket.destroy()
      resolve(answers)
    }
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
  })
}
