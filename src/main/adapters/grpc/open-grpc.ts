import { Channel, Metadata } from '@grpc/grpc-js'
import { cancelled, throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type {
  GrpcCall,
  GrpcClient,
  GrpcConnection,
  GrpcMessage,
  GrpcProtocol,
} from '../../ports/grpc-client.ts'
import { JudgedCredentials, type Attempt } from './connector.ts'
import { badAnswer, callFailure, stalled } from './failure.ts'
import { methodsOf, type GrpcMethod } from './methods.ts'
import { CallEnded, startCall, type RawCall } from './raw-call.ts'

const maxMessageBytes = 4 * 1024 * 1024
/** A message without a single field is possible, many in a row are a server that plays for time. */
const maxEmptyMessages = 1_000

interface Link {
  readonly channel: Channel
  readonly attempt: Attempt
}

/** Calls to one server over grpc-js. */
export function openGrpc(
  connection: GrpcConnection,
  protocol: GrpcProtocol,
  now: () => number = Date.now,
): GrpcClient {
  const { target, tls } = connection
  const methods = methodsOf(protocol)
  const running = new Set<RawCall>()
  let link: Link | null = null
  let isClosed = false

  function currentLink(): Link {
    if (isClosed) throw new Error(`the client of ${target} is closed`)
    if (link !== null) return link
    const credentials = new JudgedCredentials(connection, now)
    // With its scheme, so that a name is looked up and never taken for a path or another scheme.
    const channel = new Channel(`dns:${target}`, credentials, {
      ...channelOptions,
      ...(tls !== null && tls.serverName !== null && { 'grpc.default_authority': tls.serverName }),
    })
    return (link = { channel, attempt: credentials.attempt })
  }

  /** Runs one call from its start to its end, and tells of a failure in the words of the port. */
  async function during<T>(
    call: GrpcCall,
    signal: AbortSignal | undefined,
    work: (raw: RawCall) => Promise<T>,
  ): Promise<T> {
    const { raw, finish, told } = begin(call, signal)
    try {
      return await work(raw)
    } catch (error) {
      throw told(error)
    } finally {
      finish()
    }
  }

  function begin(call: GrpcCall, signal: AbortSignal | undefined) {
    throwIfCancelled(signal)
    const metadata = metadataOf(call, connection)
    const used = currentLink()
    const raw = startCall(used.channel, call.method, call.deadlineMs, metadata)
    const stop = (): void => raw.cancel()
    running.add(raw)
    signal?.addEventListener('abort', stop, { once: true })
    return {
      raw,
      finish: (): void => {
        signal?.removeEventListener('abort', stop)
        raw.cancel()
        running.delete(raw)
      },
      told: (error: unknown): unknown => {
        if (!(error instanceof CallEnded)) return error
        if (signal?.aborted === true || isClosed) return cancelled()
        // The next call connects afresh: grpc-js would answer it with this failure until it has waited long enough.
        if (!error.end.wasSent && link === used) {
          link = null
          used.channel.close()
        }
        return callFailure(error, call, connection, used.attempt)
      },
    }
  }

  function methodOf({ method: path }: GrpcCall, isRequestStream: boolean, isResponseStream: boolean) {
    const method = methods.get(path)
    if (method?.isRequestStream === isRequestStream && method.isResponseStream === isResponseStream) {
      return {
        encode: (message: GrpcMessage): Buffer => {
          const bytes = method.encode(message)
          if (bytes.length <= maxMessageBytes) return bytes
          throw new HoldfastError('master.refused', {
            what: `A message of ${bytes.length} bytes is too large for ${path} of ${target}.`,
            why: 'Servers take 4 MiB.',
            unchanged: 'It was not sent.',
          })
        },
        decode: (bytes: Buffer) => decoded(method, bytes, path),
      }
    }
    throw new Error(`${path} of this shape is not in the packaged protocol`)
  }

  function decoded(method: GrpcMethod, bytes: Buffer, path: string): GrpcMessage {
    try {
      return method.decode(bytes)
    } catch (error) {
      throw badAnswer(path, target, 'It is no message of this protocol, or one beyond all measure.', {
        cause: error,
      })
    }
  }

  /** Of a call that is answered with one message. */
  async function onlyReply(raw: RawCall, path: string): Promise<Buffer> {
    const reply = await raw.receive()
    if (reply === null) throw badAnswer(path, target, 'It is empty.')
    if ((await raw.receive()) !== null) throw badAnswer(path, target, 'It has more than one message.')
    return reply
  }

  return {
    async unary(call, request, signal) {
      const { encode, decode } = methodOf(call, false, false)
      const bytes = encode(request)
      return during(call, signal, async (raw) => {
        void raw.send(bytes)
        raw.finishSending()
        return decode(await onlyReply(raw, call.method))
      })
    },

    async *serverStream(call, request, signal) {
      const { encode, decode } = methodOf(call, false, true)
      const bytes = encode(request)
      const { raw, finish, told } = begin(call, signal)
      let isStalled = false
      let empties = 0
      try {
        void raw.send(bytes)
        raw.finishSending()
        for (;;) {
          // Only while a message is waited for: the time that its taker takes is not the server's.
          const timer = setTimeout(() => {
            isStalled = true
            raw.cancel()
          }, call.stallMs)
          const message = await raw.receive().finally(() => clearTimeout(timer))
          if (message === null) return
          empties = message.length === 0 ? empties + 1 : 0
          if (empties > maxEmptyMessages) {
            throw badAnswer(call.method, target, `It has ${maxEmptyMessages} empty messages in a row.`)
          }
          yield decode(message)
        }
      } catch (error) {
        throw isStalled ? stalled(call.method, target) : told(error)
      } finally {
        finish()
      }
    },

    async clientStream(call, requests, signal) {
      const { encode, decode } = methodOf(call, true, false)
      return during(call, signal, async (raw) => {
        // From the start: a server may answer, or refuse, before it has everything.
        const reply = onlyReply(raw, call.method)
        let isAnswered = false
        let wake = (): void => undefined
        const answered = (): void => {
          isAnswered = true
          wake()
        }
        reply.then(answered, answered)
        const messages = requests[Symbol.asyncIterator]()
        // No race against the reply: it would keep every message until the reply comes.
        const nextUnlessAnswered = async (): Promise<IteratorResult<GrpcMessage> | null> =>
          new Promise((resolve, reject) => {
            wake = () => resolve(null)
            messages.next().then(resolve, reject)
          })
        try {
          for (;;) {
            const next = isAnswered ? null : await nextUnlessAnswered()
            if (next === null || next.done === true || !(await raw.send(encode(next.value)))) break
          }
        } finally {
          // One that is in the middle of its own waiting may answer only later.
          void messages.return?.()?.catch(() => undefined)
        }
        raw.finishSending()
        return decode(await reply)
      })
    },

    close() {
      isClosed = true
      for (const raw of running) raw.cancel()
      link?.channel.close()
    },
  }
}

export const channelOptions = {
  'grpc.enable_retries': 0,
  // Nothing is kept for another attempt, so that what `send` has taken is on its way (grpc-js: retrying-call.js).
  'grpc.per_rpc_retry_buffer_size': 0,
  // No proxy of the environment, and no settings that a name server gives.
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_channelz': 0,
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
  // Servers in Go end connections whose pings come faster than every 30 s (armada source: grpc.go); with a margin for a late clock.
  'grpc.keepalive_time_ms': 40_000,
  'grpc.keepalive_timeout_ms': 20_000,
  // One large message: with the 64 KiB of HTTP/2 a far server could send 64 KiB a round trip, and no more.
  'grpc-node.flow_control_window': maxMessageBytes,
} as const

function metadataOf({ token, metadata = {}, method }: GrpcCall, { target, tls }: GrpcConnection): Metadata {
  if (token !== undefined && tls === null) {
    throw new HoldfastError('master.insecure', {
      what: `The token for ${method} is not sent to ${target}.`,
      why: 'The connection is plaintext, and everybody on the way could read it.',
      unchanged: 'Nothing was sent.',
      next: 'Use https: in the address, and let the server speak TLS.',
    })
  }
  const values = new Metadata()
  for (const [name, value] of Object.entries(metadata)) values.set(name, value)
  if (token !== undefined) values.set('authorization', `Bearer ${token}`)
  return values
}
