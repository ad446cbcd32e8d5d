import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { buildConnector } from 'undici'
import type { TlsTrust } from '../../ports/tls-trust.ts'
import { secureSockets } from '../tls-trust/secure-socket.ts'

/** The proxy would make no tunnel. */
export class ProxyRefused extends Error {}

/** For name, connection, tunnel and TLS handshake together. */
const connectTimeoutMs = 3_000

/** A connection to one origin, judged before a byte of a request is sent over it. */
export type Connect = (
  to: Pick<buildConnector.Options, 'hostname' | 'port' | 'protocol'>,
  deadline: AbortSignal,
) => Promise<Socket>

/** Makes every connection of one client: through the given proxy alone, whatever the environment says. */
export async function createConnect(
  trust: TlsTrust | null,
  proxy: string | null,
  now: () => number,
): Promise<Connect> {
  const secure = trust === null ? null : await secureSockets(trust, now)
  return async ({ hostname: host, port, protocol }, deadline) => {
    const isTls = protocol === 'https:'
    const portAsked = port === '' ? (isTls ? 443 : 80) : Number(port)
    const signal = AbortSignal.any([deadline, AbortSignal.timeout(connectTimeoutMs)])
    const socket =
      proxy === null
        ? await openSocket(host, portAsked, signal)
        : await openTunnel(new URL(proxy), `${host.includes(':') ? `[${host}]` : host}:${portAsked}`, signal)
    socket.setNoDelay(true)
    if (!isTls) return socket
    if (secure === null) throw new Error(`no trust for ${host}`)
    return secure(socket, { host, protocols: ['http/1.1'] }, signal)
  }
}

async function openSocket(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port })
  // Until the next owner listens, what goes wrong is seen in `destroyed`.
  socket.on('error', () => undefined)
  try {
    await once(socket, 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

async function openTunnel(proxy: URL, to: string, signal: AbortSignal): Promise<Socket> {
  const asked = request({
    host: bare(proxy.hostname),
    port: proxy.port === '' ? 80 : Number(proxy.port),
    method: 'CONNECT',
    path: to,
    headers: { host: to },
    agent: false,
  })
  asked.on('error', () => undefined)
  asked.end()
  let answer: readonly [IncomingMessage, Socket]
  try {
    const [reply, socket] = await once(asked, 'connect', { signal })
    answer = [reply, socket]
  } catch (cause) {
    asked.destroy()
    throw new ProxyRefused(signal.aborted ? 'It does not answer.' : 'It cannot be reached.', { cause })
  }
  const [reply, socket] = answer
  socket.on('error', () => undefined)
  if (reply.statusCode === 200) return socket
  socket.destroy()
  throw new ProxyRefused(`It answers ${reply.statusCode ?? 0}.`)
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
