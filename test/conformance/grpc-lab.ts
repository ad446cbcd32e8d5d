import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach } from 'vitest'
import type { GrpcClient, GrpcMessage, GrpcProtocol, OpenGrpc } from '../../src/main/ports/grpc-client.ts'
import type { TlsTrust } from '../../src/main/ports/tls-trust.ts'
import {
  startGrpcServer,
  type LabGrpcOptions,
  type LabGrpcServer,
  type LabHandler,
} from '../lab/grpc-server.ts'

export const list = '/kiseki.v1.AdminService/ListSnapshots'
export const create = '/kiseki.v1.AdminService/CreateSnapshot'
export const backup = '/maintenance.v1.Maintenance/Backup'
export const restore = '/maintenance.v1.Maintenance/Restore'
export const tables = '/regatta.v1.Tables/List'
export const deadlineMs = 30_000
export const stallMs = 30_000

export interface GrpcLab {
  connect(target: string, protocol: GrpcProtocol, tls?: TlsTrust | null): GrpcClient
  serve(
    protocol: GrpcProtocol,
    handlers: Readonly<Record<string, LabHandler>>,
    options?: LabGrpcOptions,
  ): Promise<LabGrpcServer>
  /** A server of HTTP/2 that says what no well-made one does. */
  serveRaw(answer: (stream: ServerHttp2Stream) => void): Promise<string>
  serveTcp(take: (socket: Socket) => void): Promise<string>
}

/** Clients and servers that are closed after each test. */
export function grpcLab(open: OpenGrpc): GrpcLab {
  const closers: (() => void | Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close()
  })

  async function listening(server: Server | Http2Server): Promise<string> {
    const sockets = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
    })
    closers.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve())
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return `127.0.0.1:${address.port}`
  }

  return {
    connect(target, protocol, tls = null) {
      const client = open({ target, tls }, protocol)
      closers.push(() => client.close())
      return client
    },
    async serve(protocol, handlers, options) {
      const server = await startGrpcServer(protocol, handlers, options)
      closers.push(() => server.stop())
      return server
    },
    async serveRaw(answer) {
      const server = createHttp2Server()
      server.on('session', (session) => session.on('error', () => undefined))
      server.on('stream', (stream) => {
        stream.on('error', () => undefined)
        answer(stream)
      })
      return listening(server)
    },
    serveTcp: async (take) => listening(createServer(take)),
  }
}

export async function all(messages: AsyncIterable<GrpcMessage>): Promise<readonly GrpcMessage[]> {
  const taken: GrpcMessage[] = []
  for await (const message of messages) taken.push(message)
  return taken
}

export interface Happening {
  readonly happened: Promise<void>
  readonly happen: () => void
}

export function happening(): Happening {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { happened: promise, happen: resolve }
}

/** What a handler does that answers nothing: it waits until its call is ended from the other side. */
export async function never(signal: AbortSignal, ended: Happening): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      ended.happen()
      reject(new Error('ended by the client'))
    })
  })
}

/** Chunks without an end, one a turn. */
export async function* endless(): AsyncGenerator<GrpcMessage> {
  for (;;) yield { chunk: { data: Buffer.from('a') } }
}

export function bytesIn(message: unknown, field: string): Uint8Array {
  const value: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, field) : null
  if (value instanceof Uint8Array) return value
  throw new Error(`no bytes in ${field}`)
}
