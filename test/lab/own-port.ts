import type { Server } from 'node:net'
import { pid } from 'node:process'

const perProcess = 16
let given = 0

/**
 * Listens at a port of the loopback that is this process's own, and keeps it while it is closed for a time: it lies below those that
 * the system gives to whoever asks for any (net.ipv4.ip_local_port_range, 32768 and up).
 */
export async function listenAtOwnPort(server: Server): Promise<number> {
  for (let tries = 0; tries < perProcess; tries += 1) {
    const port = 12_000 + (pid % 1000) * perProcess + (given % perProcess)
    given += 1
    if (await listensAt(server, port)) return port
  }
  throw new Error('this process has no port left')
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
