import type { Server } from 'node:net'
import { afterEach } from 'vitest'
import { openHttp } from '../../src/main/adapters/http/open-http.ts'
import type { HttpClient, HttpConnection, HttpRequest } from '../../src/main/ports/http-client.ts'
import type { TlsTrust } from '../../src/main/ports/tls-trust.ts'
import { answeringServer, type Answer, type AnsweringServer } from '../fakes/answering-server.ts'

export const trust: TlsTrust = {
  caFile: null,
  pin: null,
  serverName: null,
  clientCertificate: null,
  unverifiedBecause: null,
}

/** What is closed after each test, last first. */
export const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

export async function server(answer: Answer, tls?: { key: string; cert: string }): Promise<AnsweringServer> {
  const made = await answeringServer(answer, tls)
  closing.push(() => made.close())
  return made
}

export function client(origins: readonly string[], options: Partial<HttpConnection> = {}): HttpClient {
  const made = openHttp({
    origins,
    basePath: '',
    tls: trust,
    proxy: null,
    allowPlaintextCredentials: false,
    ...options,
  })
  closing.push(() => made.close())
  return made
}

export const get: HttpRequest = { method: 'GET', path: '/a', deadlineMs: 20_000 }
export const post: HttpRequest = {
  method: 'POST',
  path: '/run',
  deadlineMs: 20_000,
  authorization: 'Bearer canary',
}
export const ok: Answer = (_, response) => void response.end('{"ok":true}')

/** A port where nothing listens. */
export async function deadOrigin(): Promise<string> {
  const made = await server(ok)
  await made.close()
  return made.url
}

/** Listens on loopback until the test is over; the port. */
export async function listening(made: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>()
  made.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => void made.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    made.close()
  })
  const address = made.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
