import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Relay {
  readonly port: number
  cut(): void
  /** Cuts all connections as soon as anything comes from the other side, which never arrives. */
  cutAtAnswer(): void
  stop(): Promise<void>
}

/** Takes connections for a port of this machine, and can cut all of them at once. */
export async function startRelay(to: number): Promise<Relay> {
  const sockets = new Set<Socket>()
  let isWaiting = false
  function cut(): void {
    isWaiting = false
    for (const socket of sockets) socket.destroy()
  }
  const relay = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    // Before it is passed on: listeners are called in their order.
    far.on('data', () => {
      if (isWaiting) cut()
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.setNoDelay(true)
      one.on('error', () => undefined)
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const address = relay.address()
  if (address === null || typeof address === 'string') throw new Error('the relay has no port')
  return {
    port: address.port,
    cut,
    cutAtAnswer() {
      isWaiting = true
    },
    async stop() {
      const closed = once(relay, 'close')
      relay.close()
      cut()
      await closed
    },
  }
}
