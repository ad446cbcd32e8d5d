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
    if (proxy === null) connectOver()
    else {
      openTunnel(
        new URL(proxy),
        `${options.hostname}:${options.port || (options.protocol === 'https:' ? 443 : 80)}`,
      )
        .then(connectOver)
        .catch((error: unknown) =>
          done(error instanceof Error ? error : new ProxyRefused('It cannot be reached.'), null),
        )
    }
  }
}

function openTunnel(proxy: URL, to: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? 80 : Number(proxy.port),
      method: 'CONNECT',
      path: to,
      headers: { host: to },
      agent: false,
      signal: AbortSignal.timeout(connectTimeoutMs),
    })
    asked.once('connect', (reply, socket) => {
      if (reply.statusCode === 200) resolve(socket)
      else {
        socket.destroy()
        reject(new ProxyRefused(`It answers ${reply.statusCode ?? 0}.`))
      }
    })
    asked.once('response', (reply) => {
      reply.destroy()
      reject(new ProxyRefused(`It answers ${reply.statusCode ?? 0}.`))
    })
    asked.once('error', () => reject(new ProxyRefused('It cannot be reached.')))
    asked.end()
  })
}
