import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { AnyContractRouter } from '@orpc/contract'
import type { Router } from '@orpc/server'
import { RPCHandler } from '@orpc/server/node'
import { isJsonObject } from '../../shared/domain/strict-json.ts'
import { commonHeaders } from '../pages/page-policy.ts'
import { readPageFile } from '../pages/page-file.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { CallContext } from '../ports/call-context.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'
import { answerJson, readCall, refuse } from './answer-call.ts'
import { refuseInspector } from './refuse-inspector.ts'
import { limitConnections } from './connections.ts'
import { writeLinkFile, type LinkFile } from './link-file.ts'
import { listen, type ListenAt } from './listen.ts'
import { admit } from './request-guard.ts'
import { createSessions, linkLifetimeMs, type Session } from './sessions.ts'
import { untilIdle } from './until-idle.ts'

export interface WindowLimits {
  /** Connections beyond these cost the oldest idle one. */
  readonly connections: number
  /** For the head of a request, for the whole of it, and between two of them. */
  readonly headMs: number
  readonly requestMs: number
  readonly keepAliveMs: number
  /** How often connections are held against these times. */
  readonly checkMs: number
}

const usualLimits: WindowLimits = {
  connections: 200,
  headMs: 5_000,
  requestMs: 20_000,
  keepAliveMs: 30_000,
  checkMs: 2_000,
}

export interface ServeWindowOptions {
  readonly router: Router<AnyContractRouter, CallContext>
  /** The window's pages, as built. */
  readonly pagesFolder: string
  readonly listen: ListenAt
  /** What the browser has in its address bar where that is not the address served at: the near end of a tunnel. */
  readonly publicOrigin: URL | null
  /** Where the pages that forward to a link are put; a folder of this account. */
  readonly linkFolder: string
  /** How many sessions may be open at once: where a further one is opened, the oldest ends. */
  readonly sessions?: number
  /** Ends by itself when nothing was asked for so long; null: never. */
  readonly idleMs: number | null
  /** True while something runs that an idle end would stop. */
  readonly isWorking: () => boolean
  readonly limits?: Partial<WindowLimits>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly audit: Pick<AuditLog, 'append'>
}

export interface ServedWindow {
  /** The one origin it answers to. */
  readonly origin: string
  /** Where it listens, for people. */
  readonly addresses: readonly string[]
  /** Makes a page that opens a new session once, within a minute. The link before it is void. */
  makeLink(): Promise<{ readonly path: string }>
  /** Settles when it is served no more, whyever. */
  readonly ended: Promise<'idle' | 'closed'>
  close(): Promise<void>
}

/**
 * Serves the window to a browser of this account, on this host alone: its pages to whoever asks properly, its calls to
 * whoever holds the bearer of an open session.
 */
export async function serveWindow(options: ServeWindowOptions): Promise<ServedWindow> {
  refuseInspector()
  const { pagesFolder, clock, random, log, audit } = options
  const context: CallContext = { shell: 'browser', log }
  const limits = { ...usualLimits, ...options.limits }
  const sessions = createSessions({ clock, random, atOnce: options.sessions ?? 1 })
  const handler = new RPCHandler<CallContext>(options.router)
  const closing = new AbortController()
  const busy = new Set<Socket>()
  const idle = untilIdle({ ...options, signal: closing.signal })
  const notes: Promise<void>[] = []
  let link: { readonly file: LinkFile; readonly forget: () => void } | null = null

  const { servers, port, addresses } = await listen(
    options.listen,
    {
      requireHostHeader: false,
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkMs,
    },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        log.incident('web.answer', error)
        response.destroy()
      })
    },
  )
  for (const server of servers) limitConnections(server, busy, limits.connections)
  // A new origin a start: what another program once left in the browser for this port (a service worker) is not asked.
  const name = `h-${Buffer.from(random.bytes(10)).toString('hex')}.localhost`
  const origin = options.publicOrigin ?? new URL(`http://${name}:${port ?? 80}`)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [header, value] of Object.entries(commonHeaders)) response.setHeader(header, value)
    const admission = admit(
      { method: request.method ?? '', target: request.url ?? '', rawHeaders: request.rawHeaders },
      origin,
    )
    switch (admission.kind) {
      case 'refused':
        return refuse(response, admission.status)
      case 'page':
        return answerPage(admission.path, request, response)
      case 'session':
        return answerSession(request, response)
      case 'call':
        return answerCall(admission.bearer, request, response)
    }
  }

  async function answerPage(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = await readPageFile(path, { folder: pagesFolder, random })
    if (file === null) return refuse(response, 404)
    response.writeHead(200, { ...file.headers, 'content-length': file.body.byteLength })
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }

  async function answerSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reading = await readCall(request)
    if (!reading.ok) return refuseFrame(reading, response)
    const input = isJsonObject(reading.value['json']) ? reading.value['json'] : null
    if (input === null || typeof input['token'] !== 'string') return refuse(response, 400)
    const opened = sessions.redeem(input['token'])
    if (opened === null) {
      log.info('web.linkRefused')
      return refuse(response, 401)
    }
    idle.seen()
    await forgetLink()
    log.info('web.sessionOpened', { session: opened.session.id })
    await note('session.opened', { session: opened.session.id, origin: origin.origin })
    noteEnd(opened.session)
    answerJson(response, 200, { json: { bearer: opened.bearer } })
  }

  async function answerCall(
    bearer: string | null,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const session = bearer === null ? null : sessions.find(bearer)
    if (session === null) return refuse(response, 401)
    const end = (): void => void response.destroy()
    const done = idle.begin()
    busy.add(request.socket)
    session.signal.addEventListener('abort', end, { once: true })
    response.once('close', () => {
      done()
      busy.delete(request.socket)
      session.signal.removeEventListener('abort', end)
    })
    const reading = await readCall(request)
    if (!reading.ok) return refuseFrame(reading, response)
    // oRPC takes a body that is parsed already, as frameworks leave it there.
    const parsed = Object.assign(request, { body: reading.value })
    const { matched } = await handler.handle(parsed, response, { prefix: '/rpc', context })
    if (!matched) refuse(response, 404)
  }

  function refuseFrame(reading: { readonly reason: string }, response: ServerResponse): void {
    log.info('web.frameRefused', { reason: reading.reason })
    refuse(response, 'isTooLarge' in reading ? 413 : 400)
  }

  async function forgetLink(): Promise<void> {
    const old = link
    link = null
    old?.forget()
    await old?.file.remove()
  }

  /** A window opens even where the chain cannot be written: it is where the operator sees that. */
  async function note(action: string, facts: Readonly<Record<string, string>>): Promise<void> {
    try {
      await audit.append({
        action,
        subject: 'browser window',
        facts: Object.entries(facts).map(([fact, value]) => ({ name: fact, value })),
      })
    } catch (error) {
      log.incident('web.audit', error)
    }
  }

  function noteEnd({ id, signal }: Session): void {
    const end = (): void =>
      void notes.push(note('session.ended', { session: id, why: String(signal.reason) }))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  }

  let ending: Promise<void> | null = null
  const close = async (why: 'idle' | 'closed' = 'closed'): Promise<void> => (ending ??= end(why))

  async function end(why: 'idle' | 'closed'): Promise<void> {
    closing.abort()
    sessions.close()
    await forgetLink()
    await Promise.all(
      servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.closeAllConnections()
          }),
      ),
    )
    notes.push(note('window.ended', { origin: origin.origin, why }))
    await Promise.all(notes)
  }

  await note('window.served', { address: addresses.join(' and '), origin: origin.origin })
  log.info('web.served', { address: addresses.join(' and '), origin: origin.origin })
  return {
    origin: origin.origin,
    addresses,
    async makeLink() {
      await forgetLink()
      const file = await writeLinkFile(options.linkFolder, `${origin.origin}/#token=${sessions.issue()}`)
      const forget = new AbortController()
      link = { file, forget: () => forget.abort() }
      const over = AbortSignal.any([forget.signal, closing.signal])
      clock.wait(linkLifetimeMs, over).then(
        () => file.remove(),
        () => undefined,
      )
      return { path: file.path }
    },
    ended: idle.ended.then(async (why) => {
      await close(why)
      return why
    }),
    close: async () => close(),
  }
}
