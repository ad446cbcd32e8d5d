import { connect, type NetConnectOpts } from 'node:net'

/** Sends bytes as they are and gives all that comes back until the other side ends the connection. */
export function sendRaw(at: NetConnectOpts, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(at, () => socket.write(text))
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (piece: string) => (answer += piece))
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}
