import { request } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import type { TlsTrust } from '../../ports/tls-trust.ts'
import { judgePin, tlsOptions } from '../tls-trust/tls-options.ts'

/** The server's key is not the pinned one, or its certificate is out of its time. */
export class PinRefused extends Error {}

/** The proxy would make no tunnel. */
export class ProxyRefused extends Error {}

export const connectTimeoutMs = 3_000

/** Makes every connection of one client: through the given proxy alone, and judged before a byte is sent. */
export async function createConnector(
  trust: TlsTrust,
  proxy: string | null,
  now: () => number,
): Promise<buildConnector.connector> {
  const connect = buildConnector({
    ...(await tlsOptions(trust)),
    timeout: connectTimeoutMs,
    // A resumed session shows no certificate, and every connection is judged by its own.
    maxCachedSessions: 0,
  })
  return (options, done) => {
    const connectOver = (httpSocket?: Socket): void =>
      connect({ ...options, ...(httpSocket !== undefined && { httpSocket }) }, (...made) => {
        const [error, socket] = made
        if (error !== null || trust.pin === null || !(socket instanceof TLSSocket)) {
          done(...made)
          return
        }
        const flaw = judgePin(socket.getPeerCertificate().raw, trust.pin, now())
        if (flaw === null) {
          done(null, socket)
          return
        }
        socket.destroy()
        done(new PinRefused(flaw), null)
      })
    const { hostname, port, protocol } = options
    const to = `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`
    if (proxy === null) connectOver()
    else {
      openTunnel(new URL(proxy), to, {
        opened: protocol === 'https:' ? connectOver : (socket) => done(null, socket),
        refused: (why) => done(why, null),
      })
    }
  }
}

/** Exactly one of the two is called, once. */
function openTunnel(
  proxy: URL,
  to: string,
  {
    opened,
    refused,
  }: { readonly opened: (socket: Socket) => void; readonly refused: (why: ProxyRefused) => void },
): void {
  let isDone = false
  const refuse = (why: string): void => {
    clearTimeout(timer)
    if (!isDone) refused(new ProxyRefused(why))
    isDone = true
  }
  const asked = request({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port === '' ? 80 : Number(proxy.port),
    method: 'CONNECT',
    path: to,
    headers: { host: to },
    agent: false,
  })
  const timer = setTimeout(() => asked.destroy(new Error('no answer')), connectTimeoutMs)
  asked.once('connect', (reply, socket) => {
    clearTimeout(timer)
    if (reply.statusCode === 200 && !isDone) {
      isDone = true
      opened(socket)
      return
    }
    socket.destroy()
    refuse(`It answers ${reply.statusCode ?? 0}.`)
  })
  asked.once('response', (reply) => {
    reply.destroy()
    refuse(`It answers ${reply.statusCode ?? 0}.`)
  })
  asked.once('error', () => refuse('It cannot be reached.'))
  asked.end()
}
