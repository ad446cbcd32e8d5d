import { compareUtf8 } from '../../../shared/domain/utf8-order.ts'
import type { ListEntry } from '../../ports/object-store.ts'
import { S3Nonsense } from './failure.ts'
import { nameOf } from './list-page.ts'

/** How far a walk from page to page has come. */
export interface Walk {
  token: string | null
  last: string | null
  emptyPages: number
}

export function startWalk(last: string | null = null): Walk {
  return { token: null, last, emptyPages: 0 }
}

const maxEmptyPages = 1000

/** Takes a page into the walk. Throws `S3Nonsense` where it does not lead on, so that no server keeps us for ever. */
export function advance(walk: Walk, entries: readonly ListEntry[], nextToken: string | null): void {
  const [first] = entries
  if (first !== undefined && walk.last !== null && compareUtf8(nameOf(first), walk.last) <= 0) {
    throw new S3Nonsense('the listing goes back to keys that it had already given')
  }
  const final = entries.at(-1)
  walk.last = final === undefined ? walk.last : nameOf(final)
  walk.emptyPages = final === undefined ? walk.emptyPages + 1 : 0
  if (walk.emptyPages > maxEmptyPages) throw new S3Nonsense('the listing goes on without giving keys')
  walk.token = nextToken
}
