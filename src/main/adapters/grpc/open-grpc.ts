import { Client, Metadata, status, type CallOptions, type ServiceError } from '@grpc/grpc-js'
import { cancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type {
  GrpcCall,
  GrpcClient,
  GrpcConnection,
  GrpcMessage,
  GrpcProtocol,
} from '../../ports/grpc-client.ts'
import { channelCredentials } from './channel-credentials.ts'
import { grpcFailure, isServiceError, stalled } from './failure.ts'
import { methodsOf, type GrpcMethod } from './methods.ts'

const maxMessageBytes = 4 * 1024 * 1024

/** Calls to one server over grpc-js. The channel is made at the first call. */
export function openGrpc(connection: GrpcConnection, protocol: GrpcProtocol): GrpcClient {
  const { target, tls } = connection
  const methods = methodsOf(protocol)
  let opening: Promise<Client> | null = null
  const open = (): Promise<Client> =>
    (opening ??= channelCredentials(connection).then(
      (credentials) =>
        new Client(target, credentials, {
          'grpc.enable_retries': 0,
          'grpc.enable_http_proxy': 0,
          'grpc.service_config_disable_resolution': 1,
          'grpc.use_local_subchannel_pool': 1,
          'grpc.max_receive_message_length': maxMessageBytes,
          'grpc.max_send_message_length': maxMessageBytes,
          // Servers in Go punish pings that come more often than every 30 s (grpc-go, enforcement policy of armada).
          'grpc.keepalive_time_ms': 30_000,
          'grpc.keepalive_timeout_ms': 10_000,
          ...(tls?.serverName != null && {
            'grpc.ssl_target_name_override': tls.serverName,
            'grpc.default_authority': tls.serverName,
          }),
        }),
    ))

  function methodOf(call: GrpcCall): GrpcMethod {
    const method = methods.get(call.method)
    if (method !== undefined) return method
    throw new Error(`${call.method} is not in the packaged protocol`)
  }

  function metadataOf({ token, metadata = {}, method }: GrpcCall): Metadata {
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

  const optionsOf = ({ deadlineMs }: GrpcCall): CallOptions => ({ deadline: Date.now() + deadlineMs })
  const told = (error: unknown, call: GrpcCall, signal: AbortSignal | undefined): unknown =>
    signal?.aborted === true ? cancelled() : grpcFailure(error, call, connection)

  async function* serverStream(
    call: GrpcCall & { readonly stallMs: number },
    request: GrpcMessage,
    signal?: AbortSignal,
  ): AsyncGenerator<GrpcMessage, void, undefined> {
    if (signal?.aborted === true) throw cancelled()
    const { path, requestSerialize, responseDeserialize } = methodOf(call)
    const metadata = metadataOf(call)
    const client = await open()
    const stream = client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      optionsOf(call),
    )
    let isStalled = false
    const stop = (): void => stream.cancel()
    signal?.addEventListener('abort', stop, { once: true })
    let timer = setTimeout(stall, call.stallMs)
    function stall(): void {
      isStalled = true
      stream.cancel()
    }
    try {
      for await (const message of stream) {
        clearTimeout(timer)
        yield asMessage(message)
        // The time that the taker of messages takes is not the server's.
        timer = setTimeout(stall, call.stallMs)
      }
    } catch (error) {
      throw isStalled ? stalled(call, connection) : told(error, call, signal)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      stream.cancel()
    }
  }

  return {
    async unary(call, request, signal) {
      if (signal?.aborted === true) throw cancelled()
      const { path, requestSerialize, responseDeserialize } = methodOf(call)
      const metadata = metadataOf(call)
      const client = await open()
      return new Promise<GrpcMessage>((resolve, reject) => {
        const stop = (): void => running.cancel()
        const running = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadata,
          optionsOf(call),
          (error: ServiceError | null, reply?: unknown) => {
            signal?.removeEventListener('abort', stop)
            if (error === null) resolve(asMessage(reply))
            else reject(told(error, call, signal))
          },
        )
        signal?.addEventListener('abort', stop, { once: true })
      })
    },
    serverStream,
    async clientStream(call, requests, signal) {
      if (signal?.aborted === true) throw cancelled()
      const { path, requestSerialize, responseDeserialize } = methodOf(call)
      const metadata = metadataOf(call)
      const client = await open()
      const ended = Promise.withResolvers<GrpcMessage>()
      // Sending may fail first; then this one is not waited for.
      ended.promise.catch(() => undefined)
      let isOver = false
      const stream = client.makeClientStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        metadata,
        optionsOf(call),
        (error: ServiceError | null, reply?: unknown) => {
          isOver = true
          if (error === null) ended.resolve(asMessage(reply))
          else ended.reject(told(error, call, signal))
        },
      )
      stream.on('error', () => undefined)
      const stop = (): void => stream.cancel()
      signal?.addEventListener('abort', stop, { once: true })
      try {
        for await (const message of requests) {
          if (isOver) break
          if (!stream.write(message)) {
            const drained = new Promise<void>((resolve) => {
              stream.once('drain', resolve)
            })
            await Promise.race([drained, ended.promise])
          }
        }
        if (!isOver) stream.end()
        return await ended.promise
      } catch (error) {
        stream.cancel()
        throw isServiceError(error) ? told(error, call, signal) : error
      } finally {
        signal?.removeEventListener('abort', stop)
      }
    },
    close() {
      void opening?.then(
        (client) => client.close(),
        () => undefined,
      )
    },
  }
}

function asMessage(value: unknown): GrpcMessage {
  if (typeof value === 'object' && value !== null) return { ...value }
  throw Object.assign(new Error('A reply is no message.'), { code: status.INTERNAL, details: 'no message' })
}
