import type { ChainIndex, ChainObject } from './chain-index.ts'
import { endsOf, type MapLayout } from './map-layout.ts'

/** One bar of the overview: an object from its holder up to the newest backup that points to it, as shares of all. */
export interface OverviewBar {
  readonly store: number
  readonly state: ChainObject['state']
  readonly top: number
  readonly bottom: number
}

/** All objects; the lost ones come last, so that they are drawn over what is as thin as a hair. */
export function overviewBars({ chain, holdings }: ChainIndex): readonly OverviewBar[] {
  const all = chain.backups.length
  const bars = holdings.flatMap(({ object, users }): OverviewBar[] => {
    const [newest, oldest] = [users[0], users.at(-1)]
    if (newest === undefined || oldest === undefined) return []
    return [{ store: object.store, state: object.state, top: newest / all, bottom: (oldest + 1) / all }]
  })
  return bars.sort((a, b) => weight[a.state] - weight[b.state])
}

const weight = { intact: 0, neverRead: 1, warning: 2, notOpened: 2, missing: 3, damaged: 3 } as const

/** Which part of all backups is seen, as shares, for a scrolled window of `height` pixels. */
export function seenPart(
  layout: MapLayout,
  { scrollTop, height }: { readonly scrollTop: number; readonly height: number },
): { readonly top: number; readonly bottom: number } {
  return { top: shareAt(layout, scrollTop), bottom: shareAt(layout, scrollTop + height) }
}

/** Share of all backups that lies above a height of the map. */
export function shareAt(layout: MapLayout, y: number): number {
  const all = layout.index.chain.backups.length
  const at = rowAt(layout.tops, y)
  const row = layout.rows[at]
  if (row === undefined || all === 0) return y <= 0 ? 0 : 1
  const [first, last] = endsOf(row)
  const [upper, lower] = [layout.tops[at] ?? 0, layout.tops[at + 1] ?? 0]
  const part = Math.min(1, Math.max(0, (y - upper) / (lower - upper)))
  return (first + part * (last - first + 1)) / all
}

/** The height of the map that stands at a share of all backups: the inverse of `shareAt`. */
export function heightAt(layout: MapLayout, share: number): number {
  const all = layout.index.chain.backups.length
  const place = Math.min(all - 1, Math.max(0, Math.floor(share * all)))
  const at = layout.rowOf[place] ?? 0
  const row = layout.rows[at]
  if (row === undefined) return 0
  const [first, last] = endsOf(row)
  const [upper, lower] = [layout.tops[at] ?? 0, layout.tops[at + 1] ?? 0]
  const part = (Math.min(1, Math.max(0, share)) * all - first) / (last - first + 1)
  return upper + Math.min(1, Math.max(0, part)) * (lower - upper)
}

/** The row at a height; binary search. */
export function rowAt(tops: readonly number[], y: number): number {
  let [low, high] = [0, Math.max(0, tops.length - 2)]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((tops[middle] ?? 0) <= y) low = middle
    else high = middle - 1
  }
  return low
}
