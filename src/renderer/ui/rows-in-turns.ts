import { useLayoutEffect, useState } from 'react'
import { drawnNext, type RowInView, type RowKey } from './drawn-next.ts'

/** Three rows of the fleet: drawing them takes well below 50 ms, and a whole screen of them takes four frames. */
const drawnAtOncePx = 200

/**
 * The keys of the rows that are drawn. Where many come into view at the same time, by a leap or with a new page, they are
 * drawn a few in each frame, in the given order, and the page answers in between.
 */
export function useRowsInTurns(rows: readonly RowInView[]): ReadonlySet<RowKey> {
  const [drawn, setDrawn] = useState<ReadonlySet<RowKey>>(new Set())
  const next = drawnNext(rows, drawn, drawnAtOncePx)
  useLayoutEffect(() => {
    if (next.size === drawn.size && [...next].every((key) => drawn.has(key))) return
    const frame = requestAnimationFrame(() => setDrawn(next))
    return () => cancelAnimationFrame(frame)
  }, [next, drawn])
  return next
}
