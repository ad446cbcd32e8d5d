import type { AddressInfo } from 'node:net'
import ssh2 from 'ssh2'
import { fingerprintOf } from '../../src/main/adapters/ssh-login/known-hosts.ts'
import type { HostCommand } from '../../src/main/ports/remote-host.ts'

const { Server, utils } = ssh2

export type HeardCommand = Pick<HostCommand, 'argv' | 'asUser'>

export interface HostAnswer {
  readonly stdout?: string
  readonly stderr?: string
  /** Left out: 0. */
  readonly code?: number
}

export interface AnsweringHost {
  readonly port: number
  /** As OpenSSH writes it: `SHA256:…`. */
  readonly fingerprint: string
  /** Every connection ends, in the midst of whatever was asked. */
  cut(): void
  close(): Promise<void>
}

/** A key pair of the user who logs in, in OpenSSH's own form. */
export interface LoginKey {
  readonly private: string
  readonly public: string
}

/** Not of Ed25519: of those that ssh2 1.17 makes one in 400 cannot be read, even by itself. */
export function newLoginKey(): LoginKey {
  return utils.generateKeyPairSync('ecdsa', { bits: 256 })
}

/**
 * A host on the loopback, in this process, that runs nothing: it hears what it is told to run, and gives the answer that stands for it. sudo
 * lets everybody in. Whoever has the key may log in. It takes no data and no secrets.
 */
export async function startAnsweringHost(
  login: LoginKey,
  answer: (command: HeardCommand) => Promise<HostAnswer>,
): Promise<AnsweringHost> {
  const own = newLoginKey()
  const mayEnter = utils.parseKey(login.public)
  const hostKey = utils.parseKey(own.public)
  if (mayEnter instanceof Error || hostKey instanceof Error) throw new Error('a key that cannot be read')
  const clients = new Set<ssh2.Connection>()
  const server = new Server({ hostKeys: [own.private] }, (client) => {
    clients.add(client)
    client.on('error', () => undefined)
    client.on('close', () => clients.delete(client))
    client.on('authentication', (context) => {
      const isKnown =
        context.method === 'publickey' &&
        context.key.data.equals(mayEnter.getPublicSSH()) &&
        // Without a signature it is only asked whether this key would do (RFC 4252, 7).
        (context.signature === undefined ||
          (context.blob !== undefined &&
            mayEnter.verify(context.blob, context.signature, context.hashAlgo) === true))
      if (isKnown) context.accept()
      else context.reject(['publickey'])
    })
    client.on('session', (acceptSession) => {
      acceptSession().on('exec', (acceptCommand, rejectCommand, { command }) => {
        const heard = heardIn(command)
        if (heard === null) return rejectCommand()
        const channel = acceptCommand()
        channel.on('error', () => undefined)
        channel.write(`${heard.mark}\n`)
        channel.stderr.write(`${heard.mark}\n`)
        void answer(heard).then(({ stdout = '', stderr = '', code = 0 }) => {
          channel.stderr.write(stderr)
          channel.write(stdout, () => {
            channel.exit(code)
            channel.end()
          })
        })
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const client of clients) client.end()
  }
  return {
    port: (server.address() as AddressInfo).port,
    fingerprint: fingerprintOf(hostKey.getPublicSSH()),
    cut,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      cut()
      await closed
    },
  }
}

/** What a line asks for: `exec`, sudo where there is one, the shell with its script, the mark, what comes through stdin, and the command. */
function heardIn(line: string): (HeardCommand & { readonly mark: string }) | null {
  const words = [...line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/gs)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/gs, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''),
  )
  const shell = words.indexOf('/bin/sh')
  const [mark = '', hasSecrets, data, variables = '0', ...rest] = words.slice(shell + 4)
  const [program, ...args] = rest.slice(Number(variables))
  if (shell === -1 || program === undefined || hasSecrets !== '0' || data !== 'none') return null
  const asUser = words.slice(0, shell).at(words.indexOf('-u') + 1)
  return { mark, argv: [program, ...args], ...(words[1] === 'sudo' && asUser !== undefined && { asUser }) }
}
