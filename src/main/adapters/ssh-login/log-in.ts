import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import type { NodeSSH } from 'node-ssh'
import { throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { readClientConfig } from './client-config.ts'
import { connectTo } from './connect.ts'
import { findLogins, type SshCredentials } from './credentials.ts'
import type { HostKeys } from './known-hosts.ts'
import { routeTo, writtenAddress, type Hop, type SshAddress } from './route.ts'

/** Whose `~/.ssh` it is. */
export interface SshAccount {
  readonly home: string
  readonly user: string
}

export interface LoginOptions {
  readonly account: SshAccount
  /** Never left out: a host that nobody vouches for gets neither a key nor data. */
  readonly hostKeys: HostKeys
  /** Of the host at the end; jump hosts get what `~/.ssh/config` names for them, the agent, and `~/.ssh/id_*`. */
  readonly credentials: SshCredentials
  /** From the first packet to the end of the login, for each host on the way; 20 s where left out. */
  readonly connectTimeoutMs?: number
  /** Between two signs of life; a host that misses three is dead. 10 s where left out. */
  readonly keepAliveMs?: number
}

/**
 * A logged-in connection, as `~/.ssh/config` describes the host, through its jump hosts; every host's key is judged. The
 * connections to the jump hosts end with it. Throws as `connectTo` does.
 */
export async function logIn(
  address: SshAddress,
  options: LoginOptions,
  signal?: AbortSignal,
): Promise<NodeSSH> {
  const { account, hostKeys, credentials, connectTimeoutMs = 20_000, keepAliveMs = 10_000 } = options
  const sshFolder = join(account.home, '.ssh')
  const config = await readClientConfig(sshFolder, account.user)
  const route = routeTo(address, { config, home: account.home, localUser: account.user })
  const open: NodeSSH[] = []
  try {
    let jump: Hop | null = null
    for (const [place, hop] of route.entries()) {
      throwIfCancelled(signal)
      const isEnd = place === route.length - 1
      const policy = await hostKeys({ knownHostsFiles: hop.knownHostsFiles, isEnd })
      const logins = await findLogins(hop, isEnd ? credentials : { ...credentials, keyFiles: null }, {
        sshFolder,
        identityFiles: hop.identityFiles,
        identitiesOnly: hop.identitiesOnly,
      })
      const before = open.at(-1)
      const through =
        before === undefined || jump === null
          ? null
          : await untilCancelled(tunnel(before, { jump, to: hop, timeoutMs: connectTimeoutMs }), signal)
      open.push(
        await connectTo(
          hop,
          {
            hostKeys: policy,
            logins,
            connectTimeoutMs,
            keepAliveMs,
            address: isEnd ? writtenAddress(address) : null,
            ...(through !== null && { through }),
          },
          signal,
        ),
      )
      jump = hop
    }
  } catch (error) {
    for (const ssh of open.toReversed()) ssh.dispose()
    throw error
  }
  const [end, ...jumps] = open.toReversed()
  if (end === undefined) throw new Error('a route has no hosts')
  end.connection?.on('close', () => {
    for (const jump of jumps) jump.dispose()
  })
  return end
}

async function tunnel(
  ssh: NodeSSH,
  { jump, to, timeoutMs }: { readonly jump: Hop; readonly to: Hop; readonly timeoutMs: number },
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => {
      clearTimeout(timer)
      reject(
        new HoldfastError(
          'host.unreachable',
          {
            what: `The host ${to.host} port ${to.port} could not be reached through ${jump.name}.`,
            why,
            unchanged: 'Nothing was sent to it.',
            next: `Check it from there: ${commandLine(['ssh', jump.name])}.`,
          },
          { cause },
        ),
      )
    }
    const timer = setTimeout(() => fail('The jump host did not answer in time.'), timeoutMs)
    const { connection } = ssh
    if (connection === null) return fail(noWay)
    // Without an answer the connection to the jump host decides.
    connection.once('close', () => fail(noWay))
    connection.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) => {
      if (error !== undefined) return fail(noWay, error)
      clearTimeout(timer)
      resolve(channel)
    })
  })
}

const noWay = 'The jump host found no way to it, or does not allow forwarding (AllowTcpForwarding).'
