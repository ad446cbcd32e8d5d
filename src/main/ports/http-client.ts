import type { TlsTrust } from './tls-trust.ts'

export interface HttpConnection {
  /** `https://host:port`, without a path, in the order in which they are asked. Credentials go to these alone. */
  readonly origins: readonly string[]
  /** Before every path: `''`, or `/kiok` where a proxy or a context path wants it. */
  readonly basePath: string
  readonly tls: TlsTrust
  /** `http://host:port` of a proxy that is asked for a tunnel; null: none, whatever the environment says. */
  readonly proxy: string | null
  /** Without it a request that carries `authorization` is never sent over `http:` to another host than this one. */
  readonly allowPlaintextCredentials: boolean
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Begins with `/`; with its query, percent-encoded. */
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** The value of the header. Never logged, never sent to an origin that was not saved. */
  readonly authorization?: string
  /** The body holds a secret (a login): it goes only where `authorization` may go. */
  readonly isSecret?: boolean
  /** A login: it changes nothing, so what becomes of it is known though its answer is lost. */
  readonly isLogin?: boolean
  readonly headers?: Readonly<Record<string, string>>
  /** From the first packet to the last byte of the answer. */
  readonly deadlineMs: number
  /** Ask this saved origin and no other one. */
  readonly origin?: string
}

export interface HttpReply {
  readonly status: number
  /** Null where it is not there; one of several values is the first. */
  header(name: string): string | null
  /** At most 4 MiB, decoded as UTF-8. */
  readonly text: string
  /** For what is shown of it: takes out what was sent as a secret, which a server may repeat. Left out: nothing was. */
  readonly blot?: (text: string) => string
  /** The saved origin that answered. */
  readonly origin: string
}

/**
 * Requests to the masters of one cluster.
 *
 * Promises of every implementation, checked by one conformance suite:
 * - Any status is a reply, but for two. A redirect (3xx) cannot be used, wherever it leads; nothing is sent there.
 *   421 that names a saved origin as the leader is asked there, once a request; where it names any other place, the
 *   reply is handed over as it is.
 * - An origin that cannot be reached (nothing was sent) is passed over for the next one; none left is
 *   `master.unreachable`, `master.tls` where a certificate was the reason.
 * - A GET or a login whose master is silent is asked of the next origin beside it, and the first answer counts: of 3 s, or of a
 *   quarter of its deadline. Later requests begin with the origin that answered last.
 * - A GET or a login that broke on the way is asked once more, of the next origin. Anything else is never sent twice: what broke after its
 *   connection was made is `master.outcomeUnknown`, as is an answer that misses its deadline or cannot be used.
 * - An answer that is a redirect, too long, compressed, or that drips beyond the deadline is `master.badAnswer` or
 *   `master.timedOut` to a GET and to a login, which change nothing; memory stays bounded.
 * - Never sends credentials over `http:` unless it was allowed (`master.insecure`; behind a proxy no host is this one), and
 *   never goes from `https:` to `http:`: a saved `http:` origin after an `https:` one is asked by its name alone.
 */
export interface HttpClient {
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpReply>
  close(): Promise<void>
}

export type OpenHttp = (connection: HttpConnection) => HttpClient
