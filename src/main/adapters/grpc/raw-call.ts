import { connectivityState, status, type Channel, type Metadata, type StatusObject } from '@grpc/grpc-js'

/** How a call ended that did not end well. */
export interface CallEnd {
  readonly code: number
  readonly details: string
  /** False: it is certain that no byte of the call has left. */
  readonly wasSent: boolean
  /** The server itself gave this status, as far as can be seen. */
  readonly isServers: boolean
}

export class CallEnded extends Error {
  readonly end: CallEnd

  constructor(end: CallEnd) {
    super(`${end.code}: ${end.details}`)
    this.end = end
  }
}

/** One call in bytes. Messages are asked for one by one, so that a server can send no more than the window of HTTP/2 holds. */
export interface RawCall {
  /** Waits until HTTP/2 has taken the message; false where the call is over, and nothing is sent any more. */
  send(message: Buffer): Promise<boolean>
  finishSending(): void
  /** The next message, or null after the last one. Throws `CallEnded`. One at a time. */
  receive(): Promise<Buffer | null>
  /** Ends the call on both sides; of no effect where it is over. */
  cancel(): void
}

const connectTimeoutMs = 3_000
/** The details of a call that was given up before there was a connection. */
export const noAnswer = 'It does not answer.'

export function startCall(channel: Channel, path: string, deadlineMs: number, metadata: Metadata): RawCall {
  const call = channel.createCall(path, Date.now() + deadlineMs, null, null, null)
  let end: StatusObject | null = null
  let hasSentHeaders = false
  let taker: ((message: Buffer | null) => void) | null = null
  const senders = new Set<() => void>()

  // The peer of a call that no connection has taken is nobody, or the target itself (grpc-js: retrying-call.js, load-balancing-call.js).
  const wasSent = (): boolean => ![channel.getTarget(), 'unknown'].includes(call.getPeer())
  const connecting = setTimeout(() => {
    if (channel.getConnectivityState(false) === connectivityState.READY || wasSent()) return
    call.cancelWithStatus(status.UNAVAILABLE, noAnswer)
  }, connectTimeoutMs)

  function take(message: Buffer | null): void {
    const waiting = taker
    taker = null
    waiting?.(message)
  }

  call.start(metadata, {
    onReceiveMetadata: () => {
      hasSentHeaders = true
    },
    onReceiveMessage: (message: Buffer) => take(message),
    onReceiveStatus: (received) => {
      clearTimeout(connecting)
      end = received
      take(null)
      for (const wake of senders) wake()
    },
  })

  function ending(): Buffer | null {
    if (end === null || end.code === status.OK) return null
    const { code, details, metadata: trailers } = end
    // A status without trailers of its own comes in the headers, which name their type.
    const isServers = hasSentHeaders || trailers.get('content-type').length > 0
    // grpc-js ends a call without a code where a message is compressed in a way that it does not know (compression-filter.js).
    const known: unknown = code
    throw new CallEnded(
      typeof known === 'number'
        ? { code: known, details, wasSent: wasSent(), isServers }
        : { code: status.INTERNAL, details: 'Failed to decompress a message', wasSent: true, isServers },
    )
  }

  return {
    send: (message) =>
      new Promise((resolve) => {
        if (end !== null) {
          resolve(false)
          return
        }
        const wake = (): void => {
          senders.delete(wake)
          resolve(end === null)
        }
        senders.add(wake)
        call.sendMessageWithContext({ callback: wake }, message)
      }),
    finishSending: () => call.halfClose(),
    async receive() {
      if (end !== null) return ending()
      const message = await new Promise<Buffer | null>((resolve) => {
        taker = resolve
        call.startRead()
      })
      return message ?? ending()
    },
    cancel() {
      if (end === null) call.cancelWithStatus(status.CANCELLED, 'Cancelled on client')
    },
  }
}
