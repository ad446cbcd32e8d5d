import { heldBy, type ChainIndex, type Holding } from './chain-index.ts'
import type { MapRow } from './fold-rows.ts'

export const rowHeight = { backup: 25, fold: 30 } as const

/** What one lane of a fold shows: one object that passes through, so many new ones, or nothing. */
export type FoldCell =
  | { readonly kind: 'passes'; readonly at: number }
  | { readonly kind: 'new'; readonly objects: number }
  | { readonly kind: 'mixed'; readonly objects: number }
  | { readonly kind: 'none' }

/** Rows of the map that an object reaches over, and the row in which it stands. */
export interface Span {
  readonly at: number
  readonly store: number
  readonly top: number
  readonly bottom: number
  readonly anchor: number
}

export interface MapLayout {
  readonly index: ChainIndex
  readonly rows: readonly MapRow[]
  /** Row of a backup, by its place. */
  readonly rowOf: readonly number[]
  /** Upper edges in pixels, and as the last one the height of all. */
  readonly tops: readonly number[]
  /** By the place of the object; null for one that nothing points to. */
  readonly spans: readonly (Span | null)[]
  /** For each fold what its lanes show; null for a row of one backup. */
  readonly foldCells: readonly (readonly FoldCell[] | null)[]
  /** Spans that no neighbouring row tells of: none in a sound chain, but a manifest may say anything. */
  readonly broken: readonly Span[]
}

export function layOut(index: ChainIndex, rows: readonly MapRow[]): MapLayout {
  const rowOf: number[] = []
  const tops: number[] = [0]
  let edge = 0
  rows.forEach((row, at) => {
    const [first, last] = endsOf(row)
    for (let place = first; place <= last; place++) rowOf[place] = at
    edge += rowHeight[row.kind]
    tops.push(edge)
  })
  const spans = index.holdings.map((holding) => spanOf(holding, rowOf))
  const broken = index.holdings.flatMap((holding) => {
    const span = spans[holding.at]
    return span !== null && span !== undefined && skips(holding) ? [span] : []
  })
  const foldCells = rows.map((row) =>
    row.kind === 'fold' ? index.chain.stores.map((_, store) => foldCell(index, row, store)) : null,
  )
  return { index, rows, rowOf, tops, spans, foldCells, broken }
}

/** Places of the newest and the oldest backup of a row. */
export function endsOf(row: MapRow): readonly [number, number] {
  return row.kind === 'backup' ? [row.backup, row.backup] : [row.first, row.last]
}

function spanOf({ at, object, users, anchor }: Holding, rowOf: readonly number[]): Span | null {
  const [newest, oldest] = [users[0], users.at(-1)]
  if (newest === undefined || oldest === undefined || anchor === null) return null
  const rowsOf = [newest, oldest, anchor].map((place) => rowOf[place] ?? 0)
  return {
    at,
    store: object.store,
    top: Math.min(...rowsOf),
    bottom: Math.max(...rowsOf),
    anchor: rowOf[anchor] ?? 0,
  }
}

function skips({ users, anchor }: Holding): boolean {
  const [newest, oldest] = [users[0], users.at(-1)]
  if (newest === undefined || oldest === undefined || anchor === null) return false
  return oldest - newest + 1 !== users.length || anchor < newest || anchor > oldest
}

function foldCell(index: ChainIndex, row: MapRow, store: number): FoldCell {
  const [first, last] = endsOf(row)
  const seen = new Set<number>()
  let standing = 0
  let empty = false
  for (let place = first; place <= last; place++) {
    const holding = heldBy(index, place, store)
    if (holding === null) empty = true
    else if (!seen.has(holding.at)) {
      seen.add(holding.at)
      if (holding.anchor !== null && holding.anchor >= first && holding.anchor <= last) standing += 1
    }
  }
  const [only] = seen
  if (only === undefined) return { kind: 'none' }
  if (standing > 0) return { kind: 'new', objects: standing }
  return seen.size === 1 && !empty ? { kind: 'passes', at: only } : { kind: 'mixed', objects: seen.size }
}
