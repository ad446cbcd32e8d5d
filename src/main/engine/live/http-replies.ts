import * as z from 'zod'
import { HoldfastError, type ErrorCode } from '../../../shared/domain/error.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { isJsonObject, jsonOrNull, type JsonObject } from '../../../shared/domain/strict-json.ts'
import type { HttpReply } from '../../ports/http-client.ts'

/** The beginning of a reply's text, for people; a master's words are shown, never believed. */
export function excerptOf({ text, blot = (all) => all }: Pick<HttpReply, 'text' | 'blot'>): string {
  const line = printable(blot(text).trim().replace(/\s+/g, ' '))
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

/**
 * A page for people: a proxy, a login page or another program stands in for the server. Whatever its status, it proves nothing of
 * the server.
 */
export function isPage({ text }: Pick<HttpReply, 'text'>): boolean {
  return /^\s*</.test(text)
}

/** `GET /readyz → 503`, for the evidence beside an answer. */
export function evidenceOf(method: string, path: string, { status }: Pick<HttpReply, 'status'>): string {
  return `${method} ${path} → ${status}`
}

/** Throws `master.badAnswer` for what is no JSON object: a login page of a proxy, say. */
export function objectOf(reply: HttpReply, what: string): JsonObject {
  const value = jsonOrNull(reply.text)
  if (isJsonObject(value)) return value
  throw badAnswer(reply, what)
}

/** The list in a reply: the reply itself, or the one list that stands under one of `names` in it. */
export function listOf(reply: HttpReply, what: string, names: readonly string[]): readonly unknown[] {
  const value = jsonOrNull(reply.text)
  if (Array.isArray(value)) return value
  if (isJsonObject(value)) {
    for (const name of names) {
      const inner = value[name]
      if (Array.isArray(inner)) return inner
    }
  }
  throw badAnswer(reply, what)
}

/**
 * A reply as `form` says. Throws `master.badAnswer`, with the fields that do not fit and nothing that stands in them: a reply may hold
 * a secret.
 */
export function replyAs<T>(form: z.ZodType<T>, reply: HttpReply, what: string): T {
  const read = form.safeParse(jsonOrNull(reply.text))
  if (read.success) return read.data
  throw new HoldfastError('master.badAnswer', {
    what: `${what} ${reply.origin} tells something else than what was asked for.`,
    why: printable(z.prettifyError(read.error)).slice(0, 300),
    next: 'Check the version of the cluster.',
  })
}

/** The first of `names` that holds a text; for fields whose names no document fixes. */
export function firstText(value: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const inner = value[name]
    if (typeof inner === 'string' && inner !== '') return inner
  }
  return null
}

/** A time as milliseconds since the epoch, as seconds, or as ISO 8601; UTC ISO 8601, or null where it is none. */
export function firstTime(value: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const inner = value[name]
    const ms = typeof inner === 'number' ? (inner < 1e11 ? inner * 1000 : inner) : Date.parse(String(inner))
    if ((typeof inner === 'number' || typeof inner === 'string') && Math.abs(ms) < 8.64e15 && ms > 0) {
      return new Date(ms).toISOString()
    }
  }
  return null
}

/** Nothing but 2xx, and no page: else a refusal, in the master's own words. */
export function demandSuccess(reply: HttpReply, what: string): void {
  if (!isSuccess(reply)) throw refusal(reply, what)
  if (isPage(reply)) throw badAnswer(reply, what)
}

export function isSuccess({ status }: Pick<HttpReply, 'status'>): boolean {
  return status >= 200 && status < 300
}

/**
 * As `demandSuccess`, of a request that changes something. `refused`: it was not done; `unknown` ends with `is not known`, for a reply
 * that leaves open whether it was.
 */
export function demandDone(
  reply: HttpReply,
  { refused, unknown }: { readonly refused: string; readonly unknown: string },
): void {
  if (isSuccess(reply) && !isPage(reply)) return
  throw isTurnedDown(reply) ? refusal(reply, refused) : undecided(reply, unknown)
}

/**
 * Of a request that changes something: the reply says that it was not taken on. Any other one that is no success may come from the
 * middle of the work, or from somebody on the way who has stopped waiting for its end.
 */
export function isTurnedDown({ status }: Pick<HttpReply, 'status'>): boolean {
  return (status >= 400 && status < 500) || status === 501 || status === 503
}

/** Of a reply that neither says that it was done nor that it was turned down; `what` ends with `is not known`. */
export function undecided(reply: HttpReply, what: string): HoldfastError {
  const said = excerptOf(reply)
  const why = isPage(reply)
    ? 'It is a page for people: a proxy, a login page or another program answers there.'
    : said === ''
      ? null
      : `It says: ${said}`
  return new HoldfastError('master.outcomeUnknown', {
    what: `${what}: ${reply.origin} answers ${reply.status}.`,
    ...(why !== null && { why }),
    unchanged: 'It was asked once, and is not asked again.',
    next: 'Look at what is there, and at the log of that master, before you ask again.',
  })
}

const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'master.refusedLogin',
  403: 'master.refusedLogin',
  404: 'master.notOffered',
  405: 'master.notOffered',
  409: 'master.busy',
  421: 'master.notLeader',
  501: 'master.notOffered',
  503: 'master.notReady',
}

const reasons: Partial<Record<ErrorCode, string>> = {
  'master.refusedLogin': 'The login or the rights of this user are not enough.',
  'master.notOffered': 'It has no such route in this version, or nothing of that name.',
  'master.notReady': 'The cluster is not open yet.',
  'master.busy':
    'Something else is under way there. Who began it and since when stands in its own words, or is not told.',
  'master.notLeader': 'It is not the leader, and names none that is saved here.',
}

export function refusal(reply: HttpReply, what: string): HoldfastError {
  const code = codes[reply.status] ?? 'master.refused'
  const said = excerptOf(reply)
  const why = [...(code in reasons ? [reasons[code]] : []), ...(said === '' ? [] : [`It says: ${said}`])]
  return new HoldfastError(code, {
    what: `${what} ${reply.origin} answers ${reply.status}.`,
    ...(why.length > 0 && { why: why.join(' ') }),
    next: nextSteps[code] ?? 'Look at the log of that master.',
  })
}

const nextSteps: Partial<Record<ErrorCode, string>> = {
  'master.notOffered': 'Look whether it is still there, and at the version of the master.',
  'master.refusedLogin': 'Check the credential of this connection, and what its user may do.',
  'master.notReady': 'Wait until its readiness conditions hold; they are among the answers under Connection.',
  'master.notLeader': 'Add the address of every master to the connection.',
}

function badAnswer(reply: HttpReply, what: string): HoldfastError {
  return new HoldfastError('master.badAnswer', {
    what: `${what} ${reply.origin} answers ${reply.status} with something else than what was asked for.`,
    why: isPage(reply)
      ? 'It is a page for people: a proxy, a login page or another program answers there.'
      : `It begins: ${excerptOf(reply).slice(0, 120)}`,
    next: 'Check the address and the path of the connection.',
  })
}
