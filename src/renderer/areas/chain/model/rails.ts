import type { MapLayout, Span } from './map-layout.ts'

/** An object as drawn among some rows: its rail, the dots on it, and the square where it stands. */
export interface Rail {
  readonly span: Span
  /** Rows with a dot: backups that point to it without holding it. */
  readonly dots: readonly number[]
  /** Folds that it passes through whole: a double line. */
  readonly folds: readonly number[]
  /** Row of the square; null where it lies in a fold. */
  readonly square: number | null
}

/** What is to be drawn for rows `from` to `to`, both within: work for the rows that are seen, not for the whole chain. */
export function railsAmong(layout: MapLayout, from: number, to: number): readonly Rail[] {
  const { index, rows } = layout
  const found = new Map<number, Span>()
  const add = (at: number | null | undefined) => {
    const span = at === null || at === undefined ? null : layout.spans[at]
    if (span) found.set(span.at, span)
  }
  for (let row = from; row <= to; row++) {
    const shown = rows[row]
    if (shown === undefined) continue
    const ends = shown.kind === 'backup' ? [shown.backup] : [shown.first, shown.last]
    for (const place of ends) index.chain.backups[place]?.holds.forEach(add)
  }
  for (const span of layout.broken) if (span.top <= to && span.bottom >= from) found.set(span.at, span)
  return [...found.values()].map((span) => railOf(layout, span, from, to)).filter(isSeen)
}

function railOf(layout: MapLayout, span: Span, from: number, to: number): Rail {
  const { index, rows } = layout
  const dots: number[] = []
  const folds: number[] = []
  for (let row = Math.max(from, span.top); row <= Math.min(to, span.bottom); row++) {
    const shown = rows[row]
    if (shown?.kind === 'backup') {
      if (row !== span.anchor && index.chain.backups[shown.backup]?.holds[span.store] === span.at)
        dots.push(row)
    } else if (passes(layout, span, row)) folds.push(row)
  }
  return { span, dots, folds, square: rows[span.anchor]?.kind === 'backup' ? span.anchor : null }
}

/** An object that lies in one fold with all that points to it is told by that fold's count. */
function isSeen({ span, square, dots, folds }: Rail): boolean {
  return square !== null || dots.length > 0 || folds.length > 0 || span.top !== span.bottom
}

/** Upper and lower end of the line of a rail in pixels, before room is left for the square. Null where there is no line. */
export function lineOf(
  layout: MapLayout,
  { span }: Rail,
): { readonly y1: number; readonly y2: number } | null {
  if (span.top === span.bottom) return null
  return { y1: endOf(layout, span, span.top, 'top'), y2: endOf(layout, span, span.bottom, 'bottom') }
}

function endOf(layout: MapLayout, span: Span, row: number, side: 'top' | 'bottom'): number {
  const [upper, lower] = [layout.tops[row] ?? 0, layout.tops[row + 1] ?? 0]
  if (layout.rows[row]?.kind !== 'fold') return (upper + lower) / 2
  // A fold that tells a number is entered at its edge; one that is passed is crossed.
  return (side === 'top') === passes(layout, span, row) ? upper : lower
}

function passes(layout: MapLayout, span: Span, row: number): boolean {
  const cell = layout.foldCells[row]?.[span.store]
  return cell?.kind === 'passes' && cell.at === span.at
}
