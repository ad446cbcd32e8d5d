import { compareUtf8 } from '../../../shared/domain/utf8-order.ts'
import type { ListEntry } from '../../ports/object-store.ts'
import type { S3Connection } from './connection.ts'
import { listPage, nameOf, type PageRequest } from './list-page.ts'
import { commonLength, guessSplits } from './guess-splits.ts'
import { advance, startWalk, type Walk } from './walk.ts'

/** A stretch of the keys: those after `walk.last`, up to and including `upTo`; null: to the end. */
interface Stretch {
  readonly walk: Walk
  upTo: string | null
  /** Listed, and not yet given out. */
  readonly pages: (readonly ListEntry[])[]
  state: 'waiting' | 'asking' | 'done'
  splitting: boolean
  /** How many first characters all keys of the stretch share, as far as is known. */
  shared: number
}

const lanes = 16
/** Pages that may wait for the caller, of at most 1000 keys each. */
const lookAheadPages = 64

/**
 * Lists all keys below a prefix, in order, page by page, in several lanes at once.
 *
 * S3 gives a listing only front to back, but from any key on. So the first page is read; where there is more, single
 * keys further on are asked for (see `guessSplits`), and these cut what is left into stretches that are read side by
 * side and cut again. Where the cuts lie decides only about speed: stretches are bounded by keys, follow each other
 * without a gap, and are given out in their order.
 */
export async function* listInLanes(
  connection: S3Connection,
  request: PageRequest,
): AsyncGenerator<readonly ListEntry[]> {
  const stop = new AbortController()
  const signal = request.signal === undefined ? stop.signal : AbortSignal.any([request.signal, stop.signal])
  const stretches = [stretch(null, null, request.prefix.length - connection.prefix.length)]
  const work = new Set<Promise<void>>()
  let asking = 0
  let buffered = 0
  let failure: { readonly error: unknown } | null = null
  let wake = (): void => undefined

  function start(task: Promise<void>): void {
    const settled = task
      .catch((error: unknown) => {
        failure ??= { error }
      })
      .finally(() => {
        work.delete(settled)
        wake()
      })
    work.add(settled)
  }

  async function readOn(one: Stretch): Promise<void> {
    const { walk } = one
    one.state = 'asking'
    asking += 1
    const { entries, nextToken } = await listPage(connection, {
      ...request,
      signal,
      ...(walk.token !== null && { token: walk.token }),
      ...(walk.last !== null && { after: connection.prefix + walk.last }),
    }).finally(() => {
      asking -= 1
    })
    try {
      advance(walk, entries, nextToken)
    } catch (error) {
      throw connection.failure(error, { doing: `list "${request.prefix}" in`, reads: true })
    }
    const { upTo } = one
    const cut = upTo !== null && walk.last !== null && compareUtf8(walk.last, upTo) >= 0
    const within = cut ? entries.filter((entry) => compareUtf8(nameOf(entry), upTo) <= 0) : entries
    one.pages.push(within)
    buffered += 1
    one.state = cut || nextToken === null ? 'done' : 'waiting'
    const [first] = entries
    if (one.state === 'waiting' && !one.splitting && first !== undefined && isLaneFree()) {
      start(split(one, nameOf(first)))
    }
  }

  function isLaneFree(): boolean {
    return stretches.filter((one) => one.state !== 'done').length < lanes
  }

  /** Cuts what is left of a stretch at keys that lie further on. `first` is where its newest page began. */
  async function split(one: Stretch, first: string): Promise<void> {
    const { last } = one.walk
    if (last === null) return
    one.splitting = true
    const shared = one.upTo === null ? one.shared : commonLength(last, one.upTo)
    const guesses = guessSplits({ first, last, upTo: one.upTo, shared })
    const found = await Promise.all(guesses.map(async ({ after }) => firstKeyAfter(after)))
    one.splitting = false
    guesses.forEach(({ level }, index) => {
      // Nothing comes after what shares this many characters with `last`: so all that is left shares them.
      if (found[index] === null) one.shared = Math.max(one.shared, level + 1)
    })
    // Meanwhile the stretch was read on.
    const reached = one.walk.last
    if (one.state === 'done' || reached === null) return
    const { upTo } = one
    const cuts = [...new Set(found)]
      .filter((key) => key !== null)
      .filter((key) => compareUtf8(key, reached) > 0 && (upTo === null || compareUtf8(key, upTo) < 0))
      .sort(compareUtf8)
    const [nearest] = cuts
    if (nearest === undefined) return
    one.upTo = nearest
    const added = cuts.map((from, index) => stretch(from, cuts[index + 1] ?? upTo, one.shared))
    stretches.splice(stretches.indexOf(one) + 1, 0, ...added)
  }

  async function firstKeyAfter(key: string): Promise<string | null> {
    const { entries } = await listPage(connection, {
      ...request,
      signal,
      after: connection.prefix + key,
      maxKeys: 1,
    })
    const [first] = entries
    return first === undefined ? null : nameOf(first)
  }

  try {
    for (;;) {
      if (failure !== null) throw (failure as { readonly error: unknown }).error
      for (const one of stretches) {
        const isHead = one === stretches[0]
        if (asking >= lanes || (!isHead && buffered + asking >= lookAheadPages)) break
        if (one.state === 'waiting') start(readOn(one))
      }
      const head = stretches[0]
      if (head === undefined) return
      const page = head.pages.shift()
      if (page !== undefined) {
        buffered -= 1
        yield page
      } else if (head.state === 'done') {
        stretches.shift()
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    stop.abort()
    await Promise.all(work)
  }
}

function stretch(last: string | null, upTo: string | null, shared: number): Stretch {
  return { walk: startWalk(last), upTo, pages: [], state: 'waiting', splitting: false, shared }
}
