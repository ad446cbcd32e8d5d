import type { Duplex } from 'node:stream'
import { NodeSSH } from 'node-ssh'
import { untilCancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { algorithmsFor, weakness } from './algorithms.ts'
import { notLoggedIn, type Logins } from './credentials.ts'
import { fingerprintOf, type HostKeyPolicy } from './known-hosts.ts'
import { openSocket } from './open-socket.ts'
import { preparePacketKeys } from './packet-keys.ts'
import type { Hop } from './route.ts'

export interface ConnectOptions {
  readonly hostKeys: HostKeyPolicy
  readonly logins: Logins
  /** From the first packet to the end of the login. */
  readonly connectTimeoutMs: number
  /** A silent server is asked for a sign of life so often; after three unanswered ones it counts as dead. */
  readonly keepAliveMs: number
  /** A tunnel to the host; left out: the network. */
  readonly through?: Duplex
  /** As somebody asked for it, where that one can trust its key; null: it is a host on the way. */
  readonly address: string | null
}

/**
 * A logged-in connection to a host whose key the policy believes. Throws `host.unknownKey`, `host.changedKey`,
 * `host.authentication`, `host.unreachable`, `host.weak` or `cancelled`; nothing is sent to a host before its key is
 * judged, and no agent is forwarded. Only keys log in: what a server asks in words is not answered.
 */
export async function connectTo(hop: Hop, options: ConnectOptions, signal?: AbortSignal): Promise<NodeSSH> {
  const { hostKeys, logins } = options
  const { host, port, knownAs } = hop
  let refusal: HoldfastError | null = null
  const ssh = new NodeSSH()
  const connecting = ssh.connect({
    sock: options.through ?? openSocket(host, port),
    username: hop.user,
    // Without it ssh2 believes every host.
    hostVerifier: (key: Buffer) => {
      refusal = judge(hop, key, options)
      return refusal === null
    },
    algorithms: algorithmsFor(hostKeys.knownTypes(knownAs.host, knownAs.port)),
    authHandler: [...logins.methods],
    readyTimeout: options.connectTimeoutMs,
    keepaliveInterval: options.keepAliveMs,
    keepaliveCountMax: 3,
  })
  // What is emitted after the login, or after it was given up, must not end the process.
  ssh.connection?.on('error', () => undefined)
  if (ssh.connection !== null) preparePacketKeys(ssh.connection)
  try {
    await untilCancelled(connecting, signal)
    return ssh
  } catch (error) {
    connecting.then(
      () => ssh.dispose(),
      () => undefined,
    )
    ssh.dispose()
    throw refusal ?? connectFailure(error, hop, logins)
  }
}

function judge(
  { knownAs }: Hop,
  key: Uint8Array,
  { hostKeys, address }: Pick<ConnectOptions, 'hostKeys' | 'address'>,
): HoldfastError | null {
  const { host, port } = knownAs
  const verdict = hostKeys.judge(host, port, key)
  const shown = fingerprintOf(key)
  const where = port === 22 ? host : `[${host}]:${port}`
  const unchanged = 'No key and no password was sent to it.'
  switch (verdict.kind) {
    case 'accepted':
      return null
    case 'unknown':
      return new HoldfastError('host.unknownKey', {
        what: `The host ${where} is not known. Its key is ${shown}.`,
        unchanged,
        ...(address !== null && { unknownHost: { address, fingerprint: shown } }),
        next: `Compare it with the host's own (ssh-keygen -l -f on its /etc/ssh/ssh_host_*_key.pub). If they are the same, connect once with ssh, which records it in ~/.ssh/known_hosts, or accept this fingerprint (on the command line: --host-key).`,
      })
    case 'changed':
      return new HoldfastError('host.changedKey', {
        what: `The host ${where} shows the key ${shown}, but is known by ${verdict.known.join(', ')}.`,
        why: 'It was installed anew, or something answers in its place.',
        unchanged,
        next: `Ask its operator. If it was installed anew, remove the old key where it was accepted (the connection of the cluster, or ssh-keygen -R '${where}'), and compare the new one.`,
      })
    case 'revoked':
      return new HoldfastError('host.changedKey', {
        what: `The host ${where} shows the key ${shown}, which is marked as revoked.`,
        why: 'Somebody else may have it.',
        unchanged,
        next: 'Ask its operator for the new key.',
      })
  }
}

function connectFailure(error: unknown, hop: Hop, logins: Logins): HoldfastError {
  if (error instanceof HoldfastError) return error
  const { host, port } = hop
  const what = `The host ${host} port ${port} could not be reached over SSH.`
  const unchanged = 'Nothing was done there.'
  const level = error instanceof Error && 'level' in error ? error.level : null
  const message = error instanceof Error ? error.message : ''
  // The second is OpenSSH's farewell to who has tried more keys than MaxAuthTries.
  if (level === 'client-authentication' || /too many authentication failures/i.test(message)) {
    return notLoggedIn(
      hop,
      ['The host accepted none of the keys.', ...logins.notes].join(' '),
      'Check the user name in the address, and that the public key stands in ~/.ssh/authorized_keys there.',
      error,
    )
  }
  if (level === 'agent') {
    return notLoggedIn(hop, 'The ssh-agent failed.', 'Check it with ssh-add -l, or name a key file.', error)
  }
  const mismatch = /no matching (.+)/i.exec(message)?.[1]
  if (level === 'handshake' && mismatch !== undefined) {
    return new HoldfastError('host.weak', { what, ...weakness(mismatch), unchanged }, { cause: error })
  }
  const code = error instanceof Error && 'code' in error ? error.code : null
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'Nothing listens there.',
    ENOTFOUND: 'The name of the host is not known.',
    EAI_AGAIN: 'The name of the host could not be looked up.',
    EHOSTUNREACH: 'There is no way to the host.',
    ENETUNREACH: 'There is no way to its network.',
  }
  const timedOut = level === 'client-timeout' ? 'It did not answer in time.' : null
  const why = timedOut ?? (typeof code === 'string' ? reasons[code] : undefined) ?? 'The connection broke.'
  const next = 'Check the network and the server, and run it again.'
  return new HoldfastError('host.unreachable', { what, why, unchanged, next }, { cause: error })
}
