import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Certificate } from './certificates.ts'

export interface Wire {
  readonly port: number
  cut(): void
  close(): Promise<void>
}

/** A way to a port that can be cut; in TLS where a certificate is given. */
export async function wireTo(port: number, certificate: Certificate | null = null): Promise<Wire> {
  const sockets = new Set<Socket>()
  const pass = (inward: Socket): void => {
    const outward = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(one)
      one.on('error', () => undefined)
      one.once('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }
  const server = certificate === null ? createServer(pass) : createTlsServer(certificate, pass)
  const own = await listening(server)
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: own,
    cut,
    async close() {
      cut()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

/** The port of the loopback on which it now listens. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
