import { EventEmitter, once } from 'node:events'
import {
  Server,
  ServerCredentials,
  status,
  type Metadata,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { fromJSON, type ServiceDefinition } from '@grpc/proto-loader'
import type { GrpcMessage, GrpcProtocol } from '../../src/main/ports/grpc-client.ts'
import { startRelay } from './relay.ts'

/** Thrown by a handler: the status that the call ends with. */
export class LabStatus extends Error {
  readonly code: number
  readonly details: string

  constructor(code: keyof typeof status, details: string) {
    super(details)
    this.code = status[code]
    this.details = details
  }
}

export interface LabCall {
  /** One value of the call's metadata; null where it is not there. */
  readonly metadata: (name: string) => string | null
  /** Aborts when the client has ended the call, or its deadline has. */
  readonly signal: AbortSignal
}

type Awaitable<T> = T | Promise<T>

/** What answers a method, by its shape. */
export type LabHandler =
  | { readonly unary: (request: GrpcMessage, call: LabCall) => Awaitable<GrpcMessage> }
  | { readonly serverStream: (request: GrpcMessage, call: LabCall) => AsyncIterable<GrpcMessage> }
  | { readonly clientStream: (requests: AsyncIterable<GrpcMessage>, call: LabCall) => Awaitable<GrpcMessage> }

export interface LabGrpcServer {
  /** `127.0.0.1:port`. */
  readonly target: string
  readonly port: number
  /** Paths of the calls that have arrived, in their order. */
  readonly calls: readonly string[]
  /** Resolves when this many calls have arrived. */
  arrived(count: number): Promise<void>
  /** Ends every connection that is open at once, and takes new ones. Needs `cuttable`. */
  cut(): void
  stop(): Promise<void>
}

export interface LabGrpcOptions {
  /** Plaintext without it. */
  readonly tls?: {
    readonly key: string
    readonly cert: string
    /** PEM of the authority whose client certificates are asked for. */
    readonly clientAuthority?: string
  }
  readonly port?: number
  /** Connections go through a relay that can cut them; grpc-js itself ends them only in good order. */
  readonly cuttable?: boolean
}

/**
 * A gRPC server of a packaged protocol, with a handler for each path that it answers. A method without one is UNIMPLEMENTED, as is a
 * service without any.
 */
export async function startGrpcServer(
  protocol: GrpcProtocol,
  handlers: Readonly<Record<string, LabHandler>>,
  { tls, port = 0, cuttable = false }: LabGrpcOptions = {},
): Promise<LabGrpcServer> {
  const server = new Server()
  const calls: string[] = []
  const arrivals = new EventEmitter()
  const arrive = (path: string): void => {
    calls.push(path)
    arrivals.emit('call')
  }
  for (const service of servicesOf(protocol)) {
    const implementation: UntypedServiceImplementation = {}
    for (const [name, { path }] of Object.entries(service)) {
      const handler = handlers[path]
      if (handler !== undefined) implementation[name] = answering(handler, () => arrive(path))
    }
    if (Object.keys(implementation).length > 0) server.addService(service, implementation)
  }
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          tls.clientAuthority === undefined ? null : Buffer.from(tls.clientAuthority),
          [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }],
          tls.clientAuthority !== undefined,
        )
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, found) =>
      error === null ? resolve(found) : reject(error),
    )
  })
  const relay = cuttable ? await startRelay(bound) : null
  const reached = relay?.port ?? bound
  return {
    target: `127.0.0.1:${reached}`,
    port: reached,
    calls,
    async arrived(count) {
      while (calls.length < count) await once(arrivals, 'call')
    },
    cut() {
      if (relay === null) throw new Error('this server has no relay that could cut its connections')
      relay.cut()
    },
    async stop() {
      await relay?.stop()
      server.forceShutdown()
    },
  }
}

function servicesOf(protocol: GrpcProtocol): readonly ServiceDefinition[] {
  const definitions = fromJSON(protocol as Parameters<typeof fromJSON>[0], {
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  })
  return Object.values(definitions).filter(
    (definition): definition is ServiceDefinition => !('format' in definition),
  )
}

type AnyCall = EventEmitter & { readonly metadata: Metadata }

function answering(handler: LabHandler, arrived: () => void): UntypedServiceImplementation[string] {
  if ('unary' in handler) {
    return (call: ServerUnaryCall<GrpcMessage, GrpcMessage>, reply: sendUnaryData<GrpcMessage>) => {
      arrived()
      replyWith(async () => handler.unary(call.request, contextOf(call)), reply)
    }
  }
  if ('clientStream' in handler) {
    return (call: ServerReadableStream<GrpcMessage, GrpcMessage>, reply: sendUnaryData<GrpcMessage>) => {
      arrived()
      replyWith(async () => handler.clientStream(call, contextOf(call)), reply)
    }
  }
  return (call: ServerWritableStream<GrpcMessage, GrpcMessage>) => {
    arrived()
    void stream(handler.serverStream, call)
  }
}

function replyWith(answer: () => Promise<GrpcMessage>, reply: sendUnaryData<GrpcMessage>): void {
  answer().then(
    (message) => reply(null, message),
    (error: unknown) => reply(statusOf(error)),
  )
}

async function stream(
  messages: (request: GrpcMessage, call: LabCall) => AsyncIterable<GrpcMessage>,
  call: ServerWritableStream<GrpcMessage, GrpcMessage>,
): Promise<void> {
  const context = contextOf(call)
  try {
    for await (const message of messages(call.request, context)) {
      if (context.signal.aborted) return
      if (!call.write(message)) await once(call, 'drain', { signal: context.signal })
    }
    call.end()
  } catch (error) {
    if (!context.signal.aborted) call.emit('error', statusOf(error))
  }
}

function contextOf(call: AnyCall): LabCall {
  const ending = new AbortController()
  call.once('cancelled', () => ending.abort())
  return {
    metadata(name) {
      const [value] = call.metadata.get(name)
      return value === undefined ? null : value.toString()
    },
    signal: ending.signal,
  }
}

function statusOf(error: unknown): { readonly code: number; readonly details: string } {
  if (error instanceof LabStatus) return { code: error.code, details: error.details }
  return { code: status.INTERNAL, details: error instanceof Error ? error.message : String(error) }
}
