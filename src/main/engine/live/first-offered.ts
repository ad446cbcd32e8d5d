import type { HttpReply } from '../../ports/http-client.ts'

/** One place where a system may offer something that its documents do not fix. */
export interface Alternative {
  readonly path: string
  /** Why it is tried. */
  readonly because: string
}

/**
 * Asks for the alternatives in their order, with GET alone: where one is not there (404, 405) the next one is asked. Null where none is
 * there. Nothing that changes something is ever found by trying.
 */
export async function firstOffered(
  alternatives: readonly Alternative[],
  get: (path: string) => Promise<HttpReply>,
): Promise<{ readonly path: string; readonly reply: HttpReply } | null> {
  for (const { path } of alternatives) {
    const reply = await get(path)
    if (reply.status !== 404 && reply.status !== 405) return { path, reply }
  }
  return null
}
