import { once } from 'node:events'
import { isIP, type Socket } from 'node:net'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { TlsTrust } from '../../ports/tls-trust.ts'
import { judgePin } from './pin.ts'
import { readTrust } from './read-trust.ts'
import { noteCertificate } from './tls-failure.ts'

/** Makes TLS over a connected socket, which it closes where the server is not believed. */
export type SecureSocket = (
  socket: Socket,
  to: { readonly host: string; readonly protocols: readonly string[] },
  signal?: AbortSignal,
) => Promise<TLSSocket>

/**
 * TLS with a server that is believed: nothing but the handshake is sent before it is. Reads the files of `trust` once;
 * throws `master.tls` where they cannot be used. `tlsFailure` has the words for what `SecureSocket` throws.
 */
export async function secureSockets(trust: TlsTrust, now: () => number): Promise<SecureSocket> {
  const options = await readTrust(trust)
  return async (socket, { host, protocols }, signal) => {
    const secured = connect({
      // SNI takes names alone.
      ...(isIP(host) === 0 && { servername: host }),
      ...options,
      socket,
      host,
      ALPNProtocols: [...protocols],
    })
    const shown: { raw: Uint8Array | null } = { raw: null }
    // Before node:tls judges it, since a refused socket shows nothing any more.
    secured.prependListener('secure', () => {
      // Not getPeerX509Certificate: after it node:tls finds no certificate to judge (seen with Node 24.21).
      const { raw }: Partial<PeerCertificate> = secured.getPeerCertificate()
      shown.raw = raw ?? null
    })
    try {
      await handshake(secured, signal)
      const flaw = trust.pin === null ? null : judgePin(shown.raw, trust.pin, now())
      if (flaw !== null) throw flaw
      return secured
    } catch (error) {
      secured.destroy()
      socket.destroy()
      if (error instanceof Error && shown.raw !== null) {
        noteCertificate(error, { raw: shown.raw, name: options.servername ?? host })
      }
      throw error
    }
  }
}

async function handshake(secured: TLSSocket, signal: AbortSignal | undefined): Promise<void> {
  // Until the next owner listens, what goes wrong is seen in `destroyed`.
  secured.on('error', () => undefined)
  const over = new AbortController()
  const closed = once(secured, 'close', { signal: over.signal }).then(() => {
    throw new Error('closed in the middle of the handshake')
  })
  const ready = once(secured, 'secureConnect', signal === undefined ? {} : { signal })
  try {
    await Promise.race([ready, closed])
  } finally {
    over.abort()
    closed.catch(() => undefined)
    ready.catch(() => undefined)
  }
}
