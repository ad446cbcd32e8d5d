import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface AnsweringServer {
  /** `http(s)://127.0.0.1:PORT` */
  readonly url: string
  readonly requests: readonly SeenRequest[]
  /** Connections ever made, TLS handshake or not. */
  readonly connections: number
  /** Resolves once no connection is open. */
  allClosed(): Promise<void>
  close(): Promise<void>
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void

/** A small HTTP server on loopback that answers as a test says. */
export async function answeringServer(
  answer: Answer,
  tls?: { readonly key: string; readonly cert: string },
): Promise<AnsweringServer> {
  const requests: SeenRequest[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let whenClosed: (() => void)[] = []
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    buffer(message).then(
      (body) => {
        const url = new URL(message.url ?? '/', 'http://server')
        const { method = '', headers } = message
        const request = { method, path: url.pathname, query: url.searchParams, headers, body }
        requests.push(request)
        answer(request, response)
      },
      () => response.destroy(),
    )
  }
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  server.on('connection', (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      if (sockets.size > 0) return
      for (const done of whenClosed) done()
      whenClosed = []
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    requests,
    get connections() {
      return connections
    },
    async allClosed() {
      if (sockets.size === 0) return
      await new Promise<void>((resolve) => {
        whenClosed.push(resolve)
      })
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
