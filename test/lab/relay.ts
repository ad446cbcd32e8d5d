import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Relay {
  readonly port: number
  cut(): void
  /** Cuts all connections as soon as anything comes from the other side, which never arrives. */
  cutAtAnswer(): void
  /** Calls `then` as soon as so many more bytes have come from the other side. */
  afterBytes(bytes: number, then: () => void): void
  /** Cuts all connections and takes no other one. */
  refuse(): void
  /** Cuts all connections, and each new one, until `admit`. */
  drop(): void
  admit(): void
  /** How many new ones were cut. */
  dropped(): number
  stop(): Promise<void>
}

/** Takes connections for a port of this machine, and can cut all of them at once. */
export async function startRelay(to: number): Promise<Relay> {
  const sockets = new Set<Socket>()
  let isWaiting = false
  let awaited: { left: number; readonly then: () => void } | null = null
  function count(bytes: number): void {
    if (awaited === null) return
    awaited.left -= bytes
    if (awaited.left > 0) return
    const { then } = awaited
    awaited = null
    then()
  }
  function cut(): void {
    isWaiting = false
    for (const socket of sockets) socket.destroy()
  }
  let isDropping = false
  let dropped = 0
  const relay = createServer((near) => {
    if (isDropping) {
      dropped += 1
      near.on('error', () => undefined)
      near.destroy()
      return
    }
    const far = connect(to, '127.0.0.1')
    // Before it is passed on: listeners are called in their order.
    far.on('data', (bytes) => {
      if (isWaiting) cut()
      count(bytes.length)
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
    afterBytes(bytes, then) {
      awaited = { left: bytes, then }
    },
    refuse() {
      relay.close()
      cut()
    },
    drop() {
      isDropping = true
      cut()
    },
    admit() {
      isDropping = false
    },
    dropped: () => dropped,
    async stop() {
      if (!relay.listening) return cut()
      const closed = once(relay, 'close')
      relay.close()
      cut()
      await closed
    },
  }
}
