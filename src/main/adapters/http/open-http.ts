import { Agent, request as send } from 'undici'
import { cancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError, isHoldfastError } from '../../../shared/domain/error.ts'
import type { HttpClient, HttpConnection, HttpReply, HttpRequest } from '../../ports/http-client.ts'
import { createConnector } from './connector.ts'
import { brokenOff, neverSent } from './failure.ts'

const maxBodyBytes = 4 * 1024 * 1024
const maxHeaderBytes = 64 * 1024

/** Requests to the masters of one cluster, over undici. Every request has a connection of its own: a reused one may be dead already, and then nobody knows whether a request was heard. */
export function openHttp(connection: HttpConnection, now: () => number = Date.now): HttpClient {
  const { origins, basePath, tls, proxy } = connection
  let opening: Promise<Agent> | null = null
  const agent = (): Promise<Agent> =>
    (opening ??= createConnector(tls, proxy, now).then(
      (connect) => new Agent({ connect, pipelining: 0, maxHeaderSize: maxHeaderBytes }),
    ))

  async function ask(origin: string, request: HttpRequest, deadline: AbortSignal): Promise<HttpReply> {
    demandSafe(origin, request, connection)
    const { method, path, body, authorization, headers } = request
    const {
      statusCode,
      headers: answered,
      body: stream,
    } = await send(`${origin}${basePath}${path}`, {
      dispatcher: await agent(),
      method,
      signal: deadline,
      // The deadline is the one limit; a reply that drips ends with it.
      headersTimeout: 0,
      bodyTimeout: 0,
      headers: {
        ...headers,
        accept: 'application/json',
        // Nothing compressed is asked for, so nothing small can become large here.
        'accept-encoding': 'identity',
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    // A reply that is left alone ends with an error, which is no news to anybody.
    stream.on('error', () => undefined)
    const what = `${method} ${path.replace(/\?.*$/s, '')} of ${origin}`
    if (statusCode >= 300 && statusCode < 400) {
      stream.destroy()
      throw badAnswer(
        `${what} is answered with a redirect (${statusCode}).`,
        'Redirects are not followed: a login would go wherever they lead.',
      )
    }
    if (answered['content-encoding'] !== undefined && answered['content-encoding'] !== 'identity') {
      stream.destroy()
      throw badAnswer(`${what} is answered with compressed bytes.`, 'That was not asked for.')
    }
    const pieces: Uint8Array[] = []
    let length = 0
    for await (const piece of stream) {
      const bytes: Uint8Array = piece
      length += bytes.byteLength
      if (length > maxBodyBytes) {
        stream.destroy()
        throw badAnswer(`${what} is answered with more than 4 MiB.`, 'No answer of a master is so long.')
      }
      pieces.push(bytes)
    }
    return {
      status: statusCode,
      header: (name) => {
        const value = answered[name.toLowerCase()]
        return (Array.isArray(value) ? value[0] : value) ?? null
      },
      text: new TextDecoder().decode(Buffer.concat(pieces)),
      origin,
    }
  }

  /** One origin, once. `null`: nothing was sent to it, for the reason given. */
  async function once(
    origin: string,
    request: HttpRequest,
    deadline: AbortSignal,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly reply: HttpReply } | { readonly unsent: HoldfastError }> {
    try {
      return { reply: await ask(origin, request, deadline) }
    } catch (error) {
      if (signal?.aborted === true) throw cancelled()
      if (isHoldfastError(error)) throw error
      const unsent = deadline.aborted ? null : neverSent(error, origin)
      if (unsent !== null) return { unsent }
      throw brokenOff(error, origin, request, deadline.aborted)
    }
  }

  async function toAny(
    request: HttpRequest,
    deadline: AbortSignal,
    signal: AbortSignal | undefined,
  ): Promise<HttpReply> {
    const wanted = request.origin === undefined ? origins : [demandSaved(request.origin, origins)]
    let failure: HoldfastError | null = null
    let broken = 0
    for (const origin of wanted) {
      try {
        const outcome = await once(origin, request, deadline, signal)
        if ('reply' in outcome) return outcome.reply
        failure ??= outcome.unsent
      } catch (error) {
        // A GET changes nothing: where it broke another origin is asked, once.
        const mayAskAgain =
          request.method === 'GET' && isHoldfastError(error, 'master.unreachable') && broken === 0
        if (!mayAskAgain) throw error
        broken += 1
        failure = error
      }
    }
    throw failure ?? badAnswer('There is no master to ask.', 'The connection names none.')
  }

  return {
    async send(request, signal) {
      const over = AbortSignal.timeout(request.deadlineMs)
      const deadline = signal === undefined ? over : AbortSignal.any([over, signal])
      const reply = await toAny(request, deadline, signal)
      const leader = reply.status === 421 ? leaderIn(reply, origins) : null
      if (leader === null) return reply
      const outcome = await once(leader, request, deadline, signal)
      if ('reply' in outcome) return outcome.reply
      throw outcome.unsent
    },
    async close() {
      await (await opening?.catch(() => null))?.destroy()
    },
  }
}

/** The saved origin that a follower names as the leader; null where it names none of them. */
function leaderIn({ text, origin }: HttpReply, origins: readonly string[]): string | null {
  const isNamed = (other: string): boolean => {
    const { host } = new URL(other)
    return new RegExp(`(^|[^\\w.-])${host.replace(/[.[\]]/g, '\\$&')}($|[^\\w.-])`).test(text)
  }
  return origins.find((other) => other !== origin && isNamed(other)) ?? null
}

function demandSaved(origin: string, origins: readonly string[]): string {
  if (origins.includes(origin)) return origin
  throw badAnswer(`${origin} is no saved address of this cluster.`, 'Nothing is sent to any other.')
}

function demandSafe(
  origin: string,
  { authorization, isSecret }: HttpRequest,
  { allowPlaintextCredentials }: HttpConnection,
): void {
  if (authorization === undefined && isSecret !== true) return
  const { protocol, hostname } = new URL(origin)
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  if (protocol === 'https:' || isHere || allowPlaintextCredentials) return
  throw new HoldfastError('master.insecure', {
    what: `The login is not sent to ${origin}.`,
    why: 'It speaks http:, and everybody on the way could read it.',
    unchanged: 'Nothing was sent.',
    next: 'Use https:, or allow it for this connection if you trust the network in between.',
  })
}

function badAnswer(what: string, why: string): HoldfastError {
  return new HoldfastError('master.badAnswer', {
    what,
    why,
    next: 'Check the address and the path of the connection.',
  })
}
