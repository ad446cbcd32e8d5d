import type { VirtualItem } from '@tanstack/react-virtual'

export type RowKey = VirtualItem['key']
export type RowInView = Pick<VirtualItem, 'key' | 'size'>

/** Of the rows in view, those to draw now: what is drawn already, and of the others the first few. */
export function drawnNext(
  rows: readonly RowInView[],
  drawn: ReadonlySet<RowKey>,
  atOncePx: number,
): ReadonlySet<RowKey> {
  let leftPx = atOncePx
  return new Set(
    rows.flatMap(({ key, size }) => {
      if (drawn.has(key)) return [key]
      if (leftPx <= 0) return []
      leftPx -= size
      return [key]
    }),
  )
}
