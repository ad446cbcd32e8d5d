import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Server } from 'node:net'

/** Below those that the system gives to whoever asks for any (net.ipv4.ip_local_port_range, 32768 and up). */
const [from, to] = [12_000, 32_000]
const mostTries = 200

/**
 * Listens at a port of the loopback that stays this process's own while it is closed for a time: the UDP port of the same number,
 * which nothing here uses, is held as the claim on it for as long as the process lives.
 */
export async function listenAtOwnPort(server: Server): Promise<number> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const port = randomInt(from, to)
    if ((await claims(port)) && (await listensAt(server, port))) return port
  }
  throw new Error('no port is left')
}

async function claims(port: number): Promise<boolean> {
  const claim = createSocket('udp4')
  try {
    const bound = once(claim, 'listening')
    claim.bind({ port, address: '127.0.0.1', exclusive: true })
    await bound
    claim.unref()
    return true
  } catch {
    claim.close()
    return false
  }
}

async function listensAt(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error)
    server.once('error', refused)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', refused)
      resolve(true)
    })
  })
}
