import { compareUtf8 } from '../../../shared/domain/utf8-order.ts'
import type { ListEntry } from '../../ports/object-store.ts'
import { commonLength, guessSplits } from './guess-splits.ts'
import { nameOf, type ListedPage } from './list-page.ts'
import { advance, startWalk, type Walk } from './walk.ts'

export interface LaneOptions {
  /** The page behind a key, or the one that a token leads to. */
  readonly readPage: (from: Walk, signal: AbortSignal) => Promise<ListedPage>
  /** What all keys begin with. */
  readonly prefix: string
}

/** A stretch of the keys: those after `walk.last`, up to and including `upTo`; null: from the start, to the end. */
interface Stretch {
  readonly walk: Walk
  upTo: string | null
  /** Listed, and not yet given out. */
  readonly pages: (readonly ListEntry[])[]
  state: 'waiting' | 'asking' | 'done'
  pagesRead: number
}

const lanesAtFirst = 6
const pagesForOneMore = 4
const mostLanes = 16
/** Pages that may wait for the caller, of at most 1000 keys each. */
const lookAheadPages = 64

/**
 * Lists all keys below a prefix, in order, page by page, in several lanes at once.
 *
 * S3 gives a listing only front to back, but from any text on. So the first page is read, and where there is more, what
 * is left is cut at likely places (`guessSplits`) into stretches that are read side by side and cut again. A guess that
 * is wrong costs a page that is not used and nothing else: stretches follow each other without a gap, are bounded by
 * comparing keys, and are given out in their order.
 *
 * Measured on Ceph RGW 16, 20 004 keys in 3334 folders: a server's work for one key is nearly that for a full page (14 ms
 * and 16 ms), so guesses are read as pages and never probed first; and learning the folders by a delimiter listing takes
 * by itself as long (0.39 s) as all of this. Each stretch ends within a page, whose rest is read in vain: a listing begins with
 * few lanes and earns more by its length. 20 000 archives named by their hours take 31 pages so, and 37 with all lanes at once.
 */
export async function* listInLanes({ readPage, prefix }: LaneOptions): AsyncGenerator<readonly ListEntry[]> {
  const stop = new AbortController()
  const stretches = [stretch(null, null)]
  const work = new Set<Promise<void>>()
  let unread = 0
  let pagesRead = 0
  const lanes = (): number => Math.min(mostLanes, lanesAtFirst + Math.floor(pagesRead / pagesForOneMore))
  let failure: { readonly error: unknown } | undefined
  let wake = (): void => undefined

  function fillLanes(): void {
    for (const one of stretches) {
      const isNext = one === stretches[0]
      if (work.size >= lanes() || (!isNext && unread + work.size >= lookAheadPages)) return
      if (one.state !== 'waiting') continue
      const reading = readOn(one)
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => {
          work.delete(reading)
          wake()
        })
      work.add(reading)
    }
  }

  async function readOn(one: Stretch): Promise<void> {
    const { walk } = one
    one.state = 'asking'
    const { entries, nextToken } = await readPage(walk, stop.signal)
    advance(walk, entries, nextToken)
    const { upTo } = one
    const isPast = upTo !== null && walk.last !== null && compareUtf8(walk.last, upTo) >= 0
    one.pages.push(isPast ? entries.filter((entry) => compareUtf8(nameOf(entry), upTo) <= 0) : entries)
    unread += 1
    pagesRead += 1
    one.state = isPast || nextToken === null ? 'done' : 'waiting'
    one.pagesRead += 1
    // One that has an end is often over with its second page: cutting it at once costs more pages than it saves time.
    if (one.state === 'waiting' && (upTo === null || one.pagesRead > 1)) cut(one, entries)
  }

  /** Cuts what is left of a stretch behind the page that was just read. */
  function cut(one: Stretch, page: readonly ListEntry[]): void {
    const [first] = page
    const { last } = one.walk
    if (first === undefined || last === null) return
    if (stretches.filter(({ state }) => state !== 'done').length >= lanes()) return
    const { upTo } = one
    const shared = upTo === null ? prefix.length : commonLength(last, upTo)
    const isLong = stretches.length > 1
    const guesses = guessSplits({ first: nameOf(first), last, upTo, shared, isLong })
    const added = guesses.map((from, index) => stretch(from, guesses[index + 1] ?? upTo))
    stretches.splice(stretches.indexOf(one) + 1, 0, ...added)
    one.upTo = guesses[0] ?? upTo
  }

  try {
    while (stretches[0] !== undefined) {
      if (failure !== undefined) throw failure.error
      fillLanes()
      const [next] = stretches
      const page = next.pages.shift()
      if (page !== undefined) {
        unread -= 1
        yield page
      } else if (next.state === 'done') {
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

function stretch(last: string | null, upTo: string | null): Stretch {
  return { walk: startWalk(last), upTo, pages: [], state: 'waiting', pagesRead: 0 }
}
