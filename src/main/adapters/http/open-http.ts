import { isIPv4, type Socket } from 'node:net'
import { Client, errors, type buildConnector } from 'undici'
import { cancelled, throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError, isHoldfastError } from '../../../shared/domain/error.ts'
import type { HttpClient, HttpConnection, HttpReply, HttpRequest } from '../../ports/http-client.ts'
import { askInTurn } from './ask-in-turn.ts'
import { blotterOf, isSecretName } from '../redaction/spellings.ts'
import { createConnect, type Connect } from './connector.ts'
import { brokenOff, changesNothing, neverSent, unusable } from './failure.ts'

const maxBodyBytes = 4 * 1024 * 1024
const maxHeaderBytes = 64 * 1024

/** A request on its way to one origin. */
interface Sending {
  readonly deadline: AbortSignal
  /** Once there is a connection, a part of the request may have been read. */
  isConnected: boolean
}

/**
 * Requests to the masters of one cluster, over undici. Every request has a connection of its own: a reused one may be dead
 * already, and then nobody knows whether a request was heard.
 */
export function openHttp(connection: HttpConnection, now: () => number = Date.now): HttpClient {
  const { origins, basePath, tls, proxy } = connection
  const closing = new AbortController()
  /** The origin that answered last: one that is silent is not begun with again. */
  let answered: string | null = null
  let opening: Promise<Connect> | null = null
  const opened = (): Promise<Connect> => {
    opening ??= createConnect(origins.some(isSecure) ? tls : null, proxy, now).catch((error: unknown) => {
      // The file that could not be read may be there at the next request.
      opening = null
      throw error
    })
    return opening
  }

  async function ask(origin: string, request: HttpRequest, sending: Sending): Promise<HttpReply> {
    const connect = await opened()
    const client = new Client(origin, {
      connect: (to, done) => void handOver(connect(to, sending.deadline), sending, done),
      pipelining: 0,
      maxHeaderSize: maxHeaderBytes,
      // The deadline is the one limit; a reply that drips ends with it.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    try {
      return await askOver(client, origin, request, sending.deadline)
    } finally {
      // Never waited for: a server that does not close would hold us.
      void client.destroy()
    }
  }

  async function askOver(
    client: Client,
    origin: string,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpReply> {
    const { method, path, body, authorization, headers } = request
    const {
      statusCode,
      headers: answered,
      body: stream,
    } = await client.request({
      method,
      path: `${basePath}${path}`,
      signal,
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
    if (statusCode >= 300 && statusCode < 400) {
      throw unusable(origin, request, {
        is: `is answered with a redirect (${statusCode})`,
        why: 'Redirects are not followed: a login would go wherever they lead.',
      })
    }
    const encoding = first(answered['content-encoding'])
    if (encoding !== null && encoding !== 'identity') {
      throw unusable(origin, request, {
        is: 'is answered with compressed bytes',
        why: 'That was not asked for.',
      })
    }
    const pieces: Uint8Array[] = []
    let length = 0
    for await (const piece of stream) {
      const bytes: Uint8Array = piece
      length += bytes.byteLength
      if (length > maxBodyBytes) {
        throw unusable(origin, request, {
          is: 'is answered with more than 4 MiB',
          why: 'No answer of a master is so long.',
        })
      }
      pieces.push(bytes)
    }
    return {
      status: statusCode,
      header: (name) => first(answered[name.toLowerCase()]),
      text: new TextDecoder().decode(Buffer.concat(pieces)),
      blot: (text) => blotterOf(secretsIn(request))(text),
      origin,
    }
  }

  /** One origin, once. `unsent`: nothing was sent to it, for the reason given. */
  async function once(
    origin: string,
    request: HttpRequest,
    deadline: AbortSignal,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly reply: HttpReply } | { readonly unsent: HoldfastError }> {
    demandSafe(origin, request, connection)
    const sending: Sending = { deadline, isConnected: false }
    try {
      return { reply: await ask(origin, request, sending) }
    } catch (error) {
      if (signal?.aborted === true || closing.signal.aborted) throw cancelled()
      // A header that could not be written: a fault of ours, and no news of that master.
      if (error instanceof errors.InvalidArgumentError) throw error
      if (!sending.isConnected) return { unsent: neverSent(error, origin) }
      if (isHoldfastError(error)) throw error
      throw brokenOff(error, origin, request, deadline.aborted)
    }
  }

  async function toAny(
    request: HttpRequest,
    deadline: AbortSignal,
    signal: AbortSignal | undefined,
  ): Promise<HttpReply> {
    const wanted =
      request.origin === undefined
        ? lastAnsweredFirst(withoutDowngrade(origins), answered)
        : [demandSaved(request.origin, origins)]
    let broken = 0
    const attempts = wanted.map((origin) => async (ends: AbortSignal) => {
      try {
        const outcome = await once(origin, request, AbortSignal.any([deadline, ends]), signal)
        return 'reply' in outcome ? outcome : { passedOver: outcome.unsent }
      } catch (error) {
        // It changes nothing: where it broke another origin is asked, once.
        const mayAskAgain =
          changesNothing(request) && isHoldfastError(error, 'master.unreachable') && broken === 0
        if (!mayAskAgain) throw error
        broken += 1
        return { passedOver: error }
      }
    })
    const outcome = await askInTurn(attempts, changesNothing(request) ? patienceOf(request) : null)
    if (!('reply' in outcome)) {
      throw outcome.passedOver ?? badAnswer('There is no master to ask.', 'The connection names none.')
    }
    answered = outcome.reply.origin
    return outcome.reply
  }

  return {
    async send(request, signal) {
      throwIfCancelled(signal)
      const over = [AbortSignal.timeout(request.deadlineMs), closing.signal]
      const deadline = AbortSignal.any(signal === undefined ? over : [...over, signal])
      const reply = await toAny(request, deadline, signal)
      const leader = reply.status === 421 ? leaderIn(reply, origins) : null
      if (leader === null) return reply
      const outcome = await once(leader, request, deadline, signal)
      if ('reply' in outcome) return outcome.reply
      throw outcome.unsent
    },
    async close() {
      closing.abort()
    },
  }
}

async function handOver(
  connecting: Promise<Socket>,
  sending: Sending,
  done: buildConnector.Callback,
): Promise<void> {
  let socket: Socket
  try {
    socket = await connecting
    // A connection that is over already would never tell so.
    if (socket.destroyed) throw new Error('closed at once')
  } catch (error) {
    done(error instanceof Error ? error : new Error('not connected', { cause: error }), null)
    return
  }
  sending.isConnected = true
  done(null, socket)
}

/** How long a master that has taken a request may be silent before the next one is asked beside it. */
function patienceOf({ deadlineMs }: HttpRequest): number {
  return Math.min(3_000, deadlineMs / 4)
}

function lastAnsweredFirst(origins: readonly string[], answered: string | null): readonly string[] {
  return answered === null || !origins.includes(answered)
    ? origins
    : [answered, ...origins.filter((origin) => origin !== answered)]
}

function isSecure(origin: string): boolean {
  return origin.startsWith('https:')
}

/** Without every `http:` that comes after an `https:`: who can break the one connection would read the other. */
function withoutDowngrade(origins: readonly string[]): readonly string[] {
  const firstSecure = origins.findIndex(isSecure)
  return origins.filter((origin, place) => isSecure(origin) || firstSecure === -1 || place < firstSecure)
}

/** The saved origin that a follower names as the leader; null where it names none of them. */
function leaderIn({ text, origin }: HttpReply, origins: readonly string[]): string | null {
  const isNamed = (other: string): boolean => {
    const { host } = new URL(other)
    return new RegExp(`(^|[^\\w.-])${host.replace(/[.[\]]/g, '\\$&')}($|[^\\w.-])`, 'i').test(text)
  }
  const mayFollow = (other: string): boolean => other !== origin && (isSecure(other) || !isSecure(origin))
  return origins.find((other) => mayFollow(other) && isNamed(other)) ?? null
}

function first(value: string | readonly string[] | undefined): string | null {
  return (typeof value === 'string' ? value : value?.[0]) ?? null
}

function demandSaved(origin: string, origins: readonly string[]): string {
  if (origins.includes(origin)) return origin
  throw badAnswer(`${origin} is no saved address of this cluster.`, 'Nothing is sent to any other.')
}

function demandSafe(
  origin: string,
  { authorization, isSecret }: HttpRequest,
  { allowPlaintextCredentials, proxy }: HttpConnection,
): void {
  if (authorization === undefined && isSecret !== true) return
  const { hostname } = new URL(origin)
  const isLoopback =
    hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
  // A proxy's `localhost` is the proxy's own, at the other end of the network.
  const isHere = proxy === null && isLoopback
  if (isSecure(origin) || isHere || allowPlaintextCredentials) return
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

/** What of a request nobody may be shown: the parts behind the scheme of its header, and the secret fields of its body. */
function secretsIn({ authorization = '', isSecret, body }: HttpRequest): readonly string[] {
  const secrets = authorization.split(/[\s:]+/).slice(1)
  if (isSecret === true)
    JSON.stringify(body, (name, value: unknown) => {
      if (typeof value === 'string' && isSecretName(name)) secrets.push(value)
      return value
    })
  return secrets
}
