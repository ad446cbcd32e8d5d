import type { Alternative, NameGap, RouteGap } from '../../ports/gaps.ts'
import type { HttpReply } from '../../ports/http-client.ts'

export function routeGap(what: string, routes: readonly Alternative[]): RouteGap {
  return { mark: 'gap', what, routes }
}

export function nameGap(what: string, names: readonly string[]): NameGap {
  return { mark: 'gap', what, names }
}

/**
 * Asks for the alternatives in their order, with GET alone: where one is not there (404, 405), or `fits` says that it is something else,
 * the next one is asked. Null where none is there; where something is and none fits, the first of these. Nothing that changes something
 * is ever found by trying.
 */
export async function firstOffered(
  { routes }: RouteGap,
  get: (path: string) => Promise<HttpReply>,
  fits: (reply: HttpReply) => boolean = () => true,
): Promise<{ readonly path: string; readonly reply: HttpReply } | null> {
  let other: { readonly path: string; readonly reply: HttpReply } | null = null
  for (const { path } of routes) {
    const reply = await get(path)
    if (reply.status === 404 || reply.status === 405) continue
    if (fits(reply)) return { path, reply }
    other ??= { path, reply }
  }
  return other
}
