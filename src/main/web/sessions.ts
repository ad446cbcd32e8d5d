import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'

/** How long the token of a link can be swapped. */
export const linkLifetimeMs = 60_000

export interface Session {
  /** For the log and the audit chain; opens nothing. */
  readonly id: string
  /** Aborts when the session ends; the reason is a `SessionEnd`. */
  readonly signal: AbortSignal
}

/** Why a session is over: a newer one took its place, or the window is served no more. */
export type SessionEnd = 'replaced' | 'closed'

/** Who may call: one-use tokens of links, and the bearers they were swapped for. All of it is in memory alone. */
export interface Sessions {
  /** A new token: 256 bits, for one use within a minute. The one before it is void. */
  issue(): string
  /** Swaps a token for a bearer; null where the token is unknown, used or too old. */
  redeem(token: string): { readonly bearer: string; readonly session: Session } | null
  find(bearer: string): Session | null
  close(): void
}

interface Open extends Session {
  readonly digest: Buffer
  end(why: SessionEnd): void
}

/** `atOnce`: how many sessions may be open; the oldest ends where a further one is opened. */
export function createSessions({
  clock,
  random,
  atOnce,
}: {
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
  readonly atOnce: number
}): Sessions {
  let link: { readonly digest: Buffer; readonly until: number } | null = null
  let open: Open[] = []
  let opened = 0

  return {
    issue() {
      const token = secret(random)
      link = { digest: digestOf(token), until: clock.now() + linkLifetimeMs }
      return token
    },
    redeem(token) {
      if (link === null || !timingSafeEqual(link.digest, digestOf(token))) return null
      const { until } = link
      link = null
      if (until < clock.now()) return null
      const bearer = secret(random)
      const controller = new AbortController()
      opened += 1
      const session: Open = {
        id: String(opened),
        signal: controller.signal,
        digest: digestOf(bearer),
        end: (why) => controller.abort(why),
      }
      open = [...open, session]
      for (const surplus of open.slice(0, -atOnce)) surplus.end('replaced')
      open = open.slice(-atOnce)
      return { bearer, session }
    },
    find(bearer) {
      const digest = digestOf(bearer)
      return open.find((one) => timingSafeEqual(one.digest, digest)) ?? null
    },
    close() {
      for (const session of open) session.end('closed')
      open = []
      link = null
    },
  }
}

function secret(random: Random): string {
  return Buffer.from(random.bytes(32)).toString('base64url')
}

/** Digests are of one length, which `timingSafeEqual` needs, and are not what a dump of memory should be searched for. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
