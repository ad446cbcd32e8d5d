import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Keeps a server open to its operator while others hold sockets to it: beyond `most` connections the oldest one that does no
 * admitted work is closed. A browser sends its request at once, so its socket is never the oldest idle one for long.
 */
export function limitConnections(server: Server, busy: ReadonlySet<Socket>, most: number): void {
  const idle = new Set<Socket>()
  server.on('connection', (socket) => {
    idle.add(socket)
    socket.once('close', () => idle.delete(socket))
    if (idle.size <= most) return
    for (const oldest of idle) {
      if (busy.has(oldest)) continue
      oldest.destroy()
      return
    }
  })
}
