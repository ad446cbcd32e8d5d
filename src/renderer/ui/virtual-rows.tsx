import { useVirtualizer } from '@tanstack/react-virtual'
import { useImperativeHandle, useRef, type ReactNode, type Ref } from 'react'
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
 * Rows of which only the visible ones are drawn, in a scroll of their own. Each drawn row carries `data-index`; its own
 * element bears the role that belongs into `role`.
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
    overscan: 6,
    scrollMargin: body.current?.offsetTop ?? 0,
  })
  useImperativeHandle(ref, () => ({ scrollTo: (index) => virtualizer.scrollToIndex(index) }), [virtualizer])
  const items = virtualizer.getVirtualItems()
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
            {items.map(({ key, index }) => (
              <div key={key} data-index={index} ref={virtualizer.measureElement} role="presentation">
                {children(index)}
              </div>
            ))}
          </div>
        </div>
      </div>
      {tail}
    </div>
  )
}
