/** The head of a request, as it came in: `rawHeaders` in pairs, so that a name that stands twice shows. */
export interface RequestHead {
  readonly method: string
  /** The request target, unchanged. */
  readonly target: string
  readonly rawHeaders: readonly string[]
}

export type Admission =
  | { readonly kind: 'page'; readonly path: string }
  /** Swaps the token of a link for a bearer. */
  | { readonly kind: 'session' }
  | { readonly kind: 'call'; readonly bearer: string | null }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 404 | 405 | 415 }

/**
 * Lets a request in, or does not. Whoever can reach the socket can send anything (threats: other accounts of this host,
 * every page in the operator's browser), so a request has to be exactly what our own page sends:
 * one `Host` that is ours (a name that was rebound to this address is another one), a path as target, no foreign `Origin`,
 * `Sec-Fetch-Site` from ourselves (a link may open the page itself), and, for what does something, POST with JSON, which no
 * form and no foreign page can send without asking first; that question is never answered.
 */
export function admit(head: RequestHead, origin: URL): Admission {
  const only = (name: string): string | null | undefined => onlyHeader(head.rawHeaders, name)
  if (only('host') !== origin.host) return refused(403)
  const [sentOrigin, site] = [only('origin'), only('sec-fetch-site')]
  if (sentOrigin !== null && sentOrigin !== origin.origin) return refused(403)
  if (!/^\/[\x21-\x22\x24-\x7e]*$/.test(head.target) || head.target.startsWith('//')) return refused(403)
  const opensPage =
    head.method === 'GET' &&
    head.target === '/' &&
    only('sec-fetch-mode') === 'navigate' &&
    only('sec-fetch-dest') === 'document'
  if (site !== null && site !== 'same-origin' && site !== 'none' && !opensPage) return refused(403)

  if (head.target === '/session' || head.target.startsWith('/rpc/')) {
    if (head.method !== 'POST') return refused(405)
    if (!/^application\/json(; ?charset=utf-8)?$/i.test(only('content-type') ?? '')) return refused(415)
    if (only('content-encoding') !== null) return refused(415)
    if (head.target === '/session') return { kind: 'session' }
    if (!/^\/rpc(\/[A-Za-z]{1,64}){1,8}$/.test(head.target)) return refused(404)
    const bearer = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(only('authorization') ?? '')?.[1]
    return { kind: 'call', bearer: bearer ?? null }
  }
  if (head.method !== 'GET' && head.method !== 'HEAD') return refused(405)
  return { kind: 'page', path: head.target }
}

function refused(status: 400 | 403 | 404 | 405 | 415): Admission {
  return { kind: 'refused', status }
}

/** The value of a header that stands once; null where it is not there, undefined where it stands twice. */
function onlyHeader(rawHeaders: readonly string[], name: string): string | null | undefined {
  const values = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)
  return values.length > 1 ? undefined : (values[0] ?? null)
}
