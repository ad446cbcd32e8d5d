import { memo } from 'react'
import { printable } from '../../../shared/domain/printable.ts'
import { BackupId } from '../../ui/hash.tsx'
import { Glyph } from '../../ui/status.tsx'
import { ChevronRight } from '../../ui/icons.tsx'
import { ageWords, countWords } from '../../../shared/domain/size-words.ts'
import { dayText, timeText } from './model/day-words.ts'
import { heldBy, type ChainBackup, type ChainIndex } from './model/chain-index.ts'
import type { MapRow as Row } from './model/fold-rows.ts'
import { mapSize, type Lanes } from './model/lanes.ts'
import type { FoldCell } from './model/map-layout.ts'
import { cellWords, foldCellWords, verdictTones, verdictWords } from './model/row-words.ts'
import s from './chain.module.css'

export type MapView = 'state' | 'size' | 'age'

/** What the rows of one map have in common. */
export interface RowContext {
  readonly index: ChainIndex
  readonly lanes: Lanes
  readonly view: MapView
  readonly nowMs: number
  readonly oldAfterMs: number
  readonly largestBytes: number
  readonly showsIds: boolean
  readonly showsTimes: boolean
}

interface MapRowProps {
  readonly context: RowContext
  readonly row: Row
  readonly at: number
  readonly top: number
  readonly height: number
  readonly cells: readonly FoldCell[] | null
  /** What the selected object means for this row. */
  readonly fate: 'dies' | 'hangs' | null
  readonly activeColumn: number | null
  readonly onCell: (row: number, column: number) => void
}

export const cellId = (row: number, column: number) => `chain-${row}-${column}`

export const MapRow = memo(function MapRow(props: MapRowProps) {
  const { context, row, at, top, height, cells, fate, activeColumn, onCell } = props
  const { index, lanes } = context
  const { stores, backups } = index.chain
  const backup = backups[row.kind === 'backup' ? row.backup : row.first]
  if (backup === undefined) return null
  const cell = (column: number) => ({
    id: cellId(at, column),
    'aria-colindex': column + 1,
    'data-active': column === activeColumn || undefined,
    onClick: () => onCell(at, column),
  })
  return (
    <div
      role="row"
      aria-rowindex={at + 2}
      aria-expanded={row.kind === 'fold' ? false : row.run === null ? undefined : true}
      className={s['row']}
      style={{ top, height }}
      data-fold={row.kind === 'fold' || undefined}
      data-opened={(row.kind === 'backup' && row.run !== null) || undefined}
    >
      <div
        role="rowheader"
        {...cell(0)}
        style={{ width: lanes.left }}
        className={row.kind === 'fold' ? s['foldName'] : s['when']}
      >
        {row.kind === 'fold' ? (
          <FoldName context={context} row={row} />
        ) : (
          <When context={context} backup={backup} />
        )}
      </div>
      {stores.map((store, lane) => {
        const style = { width: lanes.of(lane).width }
        return row.kind === 'fold' ? (
          <div key={store} role="gridcell" {...cell(lane + 1)} style={style} className={s['cell']} data-fold>
            <span aria-hidden={cells?.[lane]?.kind === 'passes' || undefined}>
              {shownOfFold(cells?.[lane])}
            </span>
            <span className="vh">{cells?.[lane]?.kind === 'passes' ? foldCellWords(cells[lane]) : ''}</span>
          </div>
        ) : (
          <StoreCell key={store} context={context} place={row.backup} lane={lane} cell={cell(lane + 1)} />
        )
      })}
      <div
        role="gridcell"
        {...cell(stores.length + 1)}
        style={{ width: lanes.verdict }}
        className={s['verdict']}
        data-dies={fate === 'dies' || undefined}
        data-hangs={fate === 'hangs' || undefined}
      >
        <Glyph tone={fate === 'dies' ? 'bad' : verdictTones[backup.restorability]} size={12} />
        {verdictOf(backup, row, fate)}
      </div>
    </div>
  )
})

function When({ context, backup }: { readonly context: RowContext; readonly backup: ChainBackup }) {
  const { createdAt } = backup
  const day = createdAt === null ? 'No time' : dayText(createdAt, context.nowMs)
  return (
    <>
      <b title={createdAt ?? undefined} data-year={day.length > 6 || undefined}>
        {day}
      </b>
      {context.showsTimes && createdAt !== null && <span>{timeText(createdAt)}</span>}
      {context.showsIds ? (
        <BackupId id={backup.backupId} dim />
      ) : (
        <span className="vh">{printable(backup.backupId)}</span>
      )}
    </>
  )
}

function FoldName({
  context: { index, nowMs, showsIds },
  row,
}: {
  readonly context: RowContext
  readonly row: Extract<Row, { readonly kind: 'fold' }>
}) {
  const [newest, oldest] = [
    index.chain.backups[row.first]?.createdAt,
    index.chain.backups[row.last]?.createdAt,
  ]
  return (
    <>
      <ChevronRight size={12} />
      <b>{countWords(row.last - row.first + 1)} backups</b>
      {newest && oldest && (
        <span className={showsIds ? undefined : 'vh'}>
          {dayText(oldest, nowMs)} to {dayText(newest, nowMs)}
        </span>
      )}
    </>
  )
}

interface StoreCellProps {
  readonly context: RowContext
  readonly place: number
  readonly lane: number
  readonly cell: Readonly<Record<string, unknown>>
}

function StoreCell({ context, place, lane, cell }: StoreCellProps) {
  const { index, lanes, view, nowMs, oldAfterMs, largestBytes } = context
  const holding = heldBy(index, place, lane)
  const words = cellWords(index, place, lane, nowMs)
  const isHere = holding !== null && holding.anchor === place
  const proofMs = holding?.object.verifiedAt ? nowMs - Date.parse(holding.object.verifiedAt) : null
  const sizeBytes = holding?.object.sizeBytes ?? null
  return (
    <div
      role="gridcell"
      {...cell}
      className={s['cell']}
      style={{ width: lanes.of(lane).width }}
      data-state={isHere ? holding.object.state : undefined}
      data-old={(isHere && view === 'age' && proofMs !== null && proofMs > oldAfterMs) || undefined}
    >
      {isHere && (
        <span aria-hidden="true">
          {view === 'age'
            ? proofMs === null
              ? 'never'
              : ageWords(proofMs)
            : sizeBytes === null
              ? ''
              : mapSize(sizeBytes)}
          {holding.users.length > 1 && <i>×{countWords(holding.users.length)}</i>}
          {view === 'size' && sizeBytes !== null && (
            <span
              className={s['sizeBar']}
              style={{ width: `${largestBytes === 0 ? 0 : (sizeBytes / largestBytes) * 100}%` }}
            />
          )}
        </span>
      )}
      <span className="vh">{printable(words)}</span>
    </div>
  )
}

function shownOfFold(cell: FoldCell | undefined): string {
  return cell?.kind === 'new' || cell?.kind === 'mixed' ? foldCellWords(cell) : ''
}

function verdictOf(backup: ChainBackup, row: Row, fate: 'dies' | 'hangs' | null): string {
  if (row.kind === 'backup') return fate === 'dies' ? 'Dies with it' : verdictWords[backup.restorability]
  if (fate === 'dies') return 'All die with it'
  return backup.restorability === 'restorable'
    ? 'All restorable'
    : backup.restorability === 'notProved'
      ? 'None proved'
      : 'None restorable'
}
