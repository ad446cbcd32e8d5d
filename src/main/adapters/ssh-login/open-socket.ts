import { connect, type Socket } from 'node:net'

/**
 * A connection on its way to a host. ssh2 writes each packet in three pieces, of 4 bytes, up to 32 KiB and 16 bytes, and the
 * system is called, and the host woken, for each; here, all that is written in one turn goes out at once (writev(2)).
 */
export function openSocket(host: string, port: number): Socket {
  // Small requests must not wait for the answers to earlier ones (40 ms each, by Nagle's algorithm).
  const socket = connect({ host, port, noDelay: true })
  const write = socket.write.bind(socket) as (...given: readonly unknown[]) => boolean
  socket.write = (...given: readonly unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    }
    return write(...given)
  }
  return socket
}
