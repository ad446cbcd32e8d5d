import { measureElement, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { useImperativeHandle, useRef, type ReactNode, type Ref } from 'react'
import { useRowsInTurns } from './rows-in-turns.ts'
import s from './virtual-rows.module.css'

export interface VirtualRowsHandle {
  scrollTo(index: number): void
}

interface Props {
  readonly count: number
  /** Guessed height of a row in pixels; what is drawn is measured. */
  readonly estimate: (index: number) => number
  readonly keyOf: (index: number) => string
  readonly children: (index: number) => ReactNode
  /** Above the table, in the same scroll: the head of a page. */
  readonly head?: ReactNode
  /** Below the rows, in the same scroll. */
  readonly tail?: ReactNode
  /** A row of column heads, where it is a table. */
  readonly columnHeads?: ReactNode
  readonly label: string
  readonly role?: 'table' | 'list' | 'grid' | 'listbox' | 'tree'
  readonly className?: string | undefined
  readonly ref?: Ref<VirtualRowsHandle>
}

/**
 * Rows of which only the visible ones are drawn, a few at a time, in a scroll of their own. Each carries `data-index`; its
 * own element bears the role that belongs into `role`.
 */
export function VirtualRows({
  count,
  estimate,
  keyOf,
  children,
  head,
  tail,
  columnHeads,
  label,
  role = 'list',
  className,
  ref,
}: Props) {
  const scroll = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: estimate,
    getItemKey: keyOf,
    measureElement: measureLater,
    overscan: 3,
    scrollMargin: body.current?.offsetTop ?? 0,
  })
  useImperativeHandle(ref, () => ({ scrollTo: (index) => virtualizer.scrollToIndex(index) }), [virtualizer])
  const items = virtualizer.getVirtualItems()
  const drawn = useRowsInTurns(seenFirst(items, virtualizer.range))
  const first = items[0]
  const margin = virtualizer.options.scrollMargin
  return (
    <div ref={scroll} className={className ?? s['scroll']}>
      {head}
      <div
        role={role}
        aria-label={label}
        {...(role !== 'list' && role !== 'listbox' && { 'aria-rowcount': count })}
      >
        {columnHeads}
        <div ref={body} style={{ height: virtualizer.getTotalSize() }} role="presentation">
          <div
            style={{ transform: `translateY(${(first?.start ?? margin) - margin}px)` }}
            role="presentation"
          >
            {items.map(({ key, index, size }) => (
              <div
                key={key}
                data-index={index}
                ref={virtualizer.measureElement}
                role="presentation"
                {...(!drawn.has(key) && { style: { height: size } })}
              >
                {drawn.has(key) && children(index)}
              </div>
            ))}
          </div>
        </div>
      </div>
      {tail}
    </div>
  )
}

/** Those that are seen before those that are only near it. */
function seenFirst<Item extends { readonly index: number }>(
  items: readonly Item[],
  range: { readonly startIndex: number; readonly endIndex: number } | null,
): readonly Item[] {
  if (range === null) return items
  const isSeen = ({ index }: Item): boolean => index >= range.startIndex && index <= range.endIndex
  return [...items.filter(isSeen), ...items.filter((item) => !isSeen(item))]
}

/** Until the browser tells the height of a row by itself, the guessed one stands: to ask for it would lay out the page at once. */
function measureLater(
  element: HTMLElement,
  entry: ResizeObserverEntry | undefined,
  instance: Virtualizer<HTMLDivElement, HTMLElement>,
): number {
  const known = instance.measurementsCache[instance.indexFromElement(element)]
  return entry === undefined && known !== undefined ? known.size : measureElement(element, entry, instance)
}
