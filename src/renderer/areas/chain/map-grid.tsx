import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { ChainIndex } from './model/chain-index.ts'
import { allRows, foldRows, type Run } from './model/fold-rows.ts'
import { fits, laneNeeds, lanesFor, leftWithIds } from './model/lanes.ts'
import { hasSeveralADay, monthMarks } from './model/map-facts.ts'
import { endsOf, layOut, type MapLayout } from './model/map-layout.ts'
import { moved, type Cursor } from './model/move.ts'
import { heightAt, overviewBars, seenPart } from './model/overview.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { Printable } from '../../ui/printable.tsx'
import { MapHalo, MapRails } from './map-rails.tsx'
import { cellId, MapRow, type MapView, type RowContext } from './map-row.tsx'
import { OverviewMap } from './overview-map.tsx'
import { useIsWide } from '../../ui/use-wide.ts'
import { useRoom } from './use-room.ts'
import s from './chain.module.css'

interface MapGridProps {
  readonly index: ChainIndex
  readonly view: MapView
  readonly folded: boolean
  readonly hasOverview: boolean
  /** Place of the selected object. */
  readonly selected: number | null
  readonly nowMs: number
  readonly oldAfterMs: number
  readonly onSelect: (at: number | null) => void
  readonly onOpen: (backupId: string) => void
  readonly onRows: (rows: number) => void
}

const headHeight = 26
const none: ReadonlySet<number> = new Set()

/** Backups × stores as a grid: rows are made for what is seen, and the picture of rails lies over them. */
export function MapGrid(props: MapGridProps) {
  const { index, view, folded, hasOverview, selected, nowMs, oldAfterMs, onSelect, onOpen, onRows } = props
  const { chain } = index
  const [opened, setOpened] = useState(none)
  const [cursor, setCursor] = useState<Cursor>({ row: 0, column: 1 })
  const scroller = useRef<HTMLDivElement>(null)
  const room = useRoom(scroller)
  const isWide = useIsWide()

  const plain = useMemo(
    () => layOut(index, folded ? foldRows(chain, { kept: none, opened }) : allRows(chain)),
    [index, chain, folded, opened],
  )
  const layout = useMemo(() => {
    const kept = keptFor(index, selected)
    const isShown = [...kept].every((place) => plain.rows[plain.rowOf[place] ?? -1]?.kind !== 'fold')
    // Most choices are of a row that stands: then nothing moves and no row is made again.
    return isShown ? plain : layOut(index, foldRows(chain, { kept, opened }))
  }, [index, chain, plain, opened, selected])
  useEffect(() => onRows(layout.rows.length), [layout, onRows])

  const needs = useMemo(() => laneNeeds(chain), [chain])
  const context = useMemo((): RowContext => {
    // An id is shown whole or not at all, and pushes no lane out of sight.
    const wide = { room: room.width - 4, left: leftWithIds(chain), verdict: 114 }
    const showsIds = isWide && fits(needs, wide)
    const showsTimes = !showsIds && hasSeveralADay(chain)
    return {
      index,
      view,
      nowMs,
      oldAfterMs,
      showsIds,
      showsTimes,
      largestBytes: chain.objects.reduce((most, object) => Math.max(most, object.sizeBytes ?? 0), 0),
      lanes: lanesFor(needs, showsIds ? wide : { ...wide, left: showsTimes ? 104 : 66 }),
    }
  }, [index, chain, view, nowMs, oldAfterMs, isWide, room.width, needs])

  const virtual = useVirtualizer({
    count: layout.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (row) => (layout.tops[row + 1] ?? 0) - (layout.tops[row] ?? 0),
    overscan: 6,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    useFlushSync: false,
  })
  useEffect(() => virtual.measure(), [virtual, layout])

  const items = virtual.getVirtualItems()
  const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0]
  const users = useMemo(
    () => new Set(selected === null ? [] : (index.holdings[selected]?.users ?? [])),
    [index, selected],
  )
  const state = selected === null ? null : chain.objects[selected]?.state
  const fate = state === 'damaged' || state === 'missing' ? 'dies' : 'hangs'

  const toggle = useCallback((run: Run, from_: number) => {
    setOpened((before) => toggled(before, run))
    setCursor((at) => ({ ...at, row: from_ }))
  }, [])
  const act = (row: number, column: number) => {
    setCursor({ row, column })
    const shown = layout.rows[row]
    if (shown === undefined) return
    if (shown.kind === 'fold') return toggle(shown, row)
    const at = chain.backups[shown.backup]?.holds[column - 1]
    if (column >= 1 && column <= chain.stores.length) onSelect(at ?? null)
    else onOpen(chain.backups[shown.backup]?.backupId ?? '')
  }
  // One function for all rows and all time, so that a row is made again only where what it shows changes.
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  const onCell = useCallback((row: number, column: number) => latest.current(row, column), [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const shown = layout.rows[cursor.row]
    const next = moved(event.key, cursor, {
      rows: layout.rows.length,
      columns: chain.stores.length + 2,
      page: Math.max(1, to - from - 14),
    })
    if (next !== null) {
      setCursor(next)
      virtual.scrollToIndex(next.row, { align: 'auto' })
    } else if (event.key === 'Enter') act(cursor.row, cursor.column)
    else if (event.key === ' ' && shown?.kind === 'fold') toggle(shown, cursor.row)
    else if (event.key === ' ' && shown?.kind === 'backup' && shown.run !== null)
      toggle(shown.run, layout.rowOf[shown.run.first] ?? 0)
    else if (event.key === 'Escape' && selected !== null) onSelect(null)
    else if (event.key !== ' ') return
    event.preventDefault()
    event.stopPropagation()
  }

  // Comes from an address or a search: the object is brought into view, once for each choice.
  const shownFor = useRef<number | null>(null)
  useEffect(() => {
    if (selected === null || shownFor.current === selected) return
    shownFor.current = selected
    const span = layout.spans[selected]
    if (span && (span.top > to || span.bottom < from)) virtual.scrollToIndex(span.anchor, { align: 'center' })
  }, [selected, layout, virtual, from, to])

  const bars = useMemo(() => overviewBars(index), [index])
  const marks = useMemo(() => monthMarks(chain), [chain])
  const scrollTop = Math.max(0, (virtual.scrollOffset ?? 0) - headHeight)
  const active = cursor.row >= from && cursor.row <= to ? cellId(cursor.row, cursor.column) : undefined
  return (
    <div className={s['body']} data-overview={hasOverview || undefined}>
      {hasOverview && (
        <OverviewMap
          bars={bars}
          marks={marks}
          stores={chain.stores.length}
          seen={seenPart(layout, { scrollTop, height: room.height - headHeight })}
          label={overviewLabel(layout)}
          onJump={(share) => virtual.scrollToOffset(heightAt(layout, share) - (room.height - headHeight) / 2)}
        />
      )}
      <div ref={scroller} className={s['scroll']}>
        <div
          role="treegrid"
          aria-label="Chain map: backups, newest first, and the object that each has in every store"
          aria-rowcount={layout.rows.length + 1}
          aria-colcount={chain.stores.length + 2}
          aria-activedescendant={active}
          tabIndex={0}
          className={s['grid']}
          style={{ width: context.lanes.width }}
          onKeyDown={onKeyDown}
        >
          <Heads
            context={context}
            selectedStore={selected === null ? null : (chain.objects[selected]?.store ?? null)}
          />
          <div role="rowgroup" className={s['canvas']} style={{ height: layout.tops.at(-1) ?? 0 }}>
            <MapHalo layout={layout} lanes={context.lanes} selected={selected} from={from} to={to} />
            {items.map(({ index: at }) => {
              const row = layout.rows[at]
              if (row === undefined) return null
              const [first] = endsOf(row)
              return (
                <MapRow
                  key={row.kind === 'fold' ? `fold ${first}` : first}
                  context={context}
                  row={row}
                  at={at}
                  top={layout.tops[at] ?? 0}
                  height={(layout.tops[at + 1] ?? 0) - (layout.tops[at] ?? 0)}
                  cells={layout.foldCells[at] ?? null}
                  fate={fateOf(layout, at, users, fate)}
                  activeColumn={at === cursor.row ? cursor.column : null}
                  onCell={onCell}
                />
              )
            })}
            <MapRails layout={layout} lanes={context.lanes} selected={selected} from={from} to={to} />
          </div>
        </div>
      </div>
    </div>
  )
}

function Heads({
  context,
  selectedStore,
}: {
  readonly context: RowContext
  readonly selectedStore: number | null
}) {
  const { index, lanes, showsIds } = context
  return (
    <div role="row" aria-rowindex={1} className={s['heads']}>
      <div role="columnheader" aria-colindex={1} style={{ width: lanes.left }}>
        {showsIds ? 'Backup, newest first' : 'Backup'}
      </div>
      {index.chain.stores.map((store, at) => (
        <div
          key={store}
          role="columnheader"
          aria-colindex={at + 2}
          title={printable(store)}
          style={{ width: lanes.of(at).width }}
          data-on={at === selectedStore || undefined}
        >
          <Printable text={store} />
        </div>
      ))}
      <div
        role="columnheader"
        aria-colindex={index.chain.stores.length + 2}
        className={s['verdictHead']}
        style={{ width: lanes.verdict }}
      >
        Verdict
      </div>
    </div>
  )
}

/** The selected object's own row and the newest that points to it never fold away. */
function keptFor(index: ChainIndex, selected: number | null): ReadonlySet<number> {
  const holding = selected === null ? undefined : index.holdings[selected]
  if (holding === undefined) return none
  return new Set([holding.anchor, holding.users[0]].filter((place) => typeof place === 'number'))
}

function toggled(opened: ReadonlySet<number>, run: Run): ReadonlySet<number> {
  const rest = [...opened].filter((place) => place < run.first || place > run.last)
  return new Set(rest.length < opened.size ? rest : [...opened, run.first])
}

function fateOf(
  layout: MapLayout,
  at: number,
  users: ReadonlySet<number>,
  fate: 'dies' | 'hangs',
): 'dies' | 'hangs' | null {
  const row = layout.rows[at]
  if (row === undefined) return null
  const [first, last] = endsOf(row)
  for (let place = first; place <= last; place++) if (!users.has(place)) return null
  return fate
}

function overviewLabel({ index: { chain } }: MapLayout): string {
  const lost = chain.objects.filter(({ state }) => state === 'damaged' || state === 'missing').length
  const all =
    chain.backups.length === 1 ? 'The only backup' : `All ${countOf(chain.backups.length, 'backup')}`
  return `${all}; ${lost === 0 ? 'no object' : lost === 1 ? 'one object' : `${lost} objects`} damaged or gone`
}
