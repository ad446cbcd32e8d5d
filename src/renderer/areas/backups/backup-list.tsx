import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import type { Chain } from '../../../shared/contract/backups.ts'
import { bytesWords, shortAgeWords } from '../../../shared/domain/size-words.ts'
import { useNow } from '../../ui/now.ts'
import { BackupId } from '../../ui/hash.tsx'
import { Ladder } from '../../ui/ladder.tsx'
import { Status } from '../../ui/status.tsx'
import { RowTime } from '../../ui/time.tsx'
import { verdictTones, verdictWords } from '../chain/model/row-words.ts'
import s from './backups.module.css'

interface BackupListProps {
  readonly backups: readonly Chain['backups'][number][]
  readonly selected: string | null
  readonly oldAfterMs: number
  readonly onSelect: (backupId: string) => void
}

const rowHeight = 28
const headHeight = 27

/** Rows are made for what is seen; J, K and the arrows walk, Enter opens. */
export function BackupList({ backups, selected, oldAfterMs, onSelect }: BackupListProps) {
  const nowMs = useNow()
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: backups.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    useFlushSync: false,
  })
  const at = backups.findIndex((backup) => backup.backupId === selected)
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' })
  }, [at, virtual])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const to = targetOf(event.key, at, backups.length)
    if (to === null) return
    event.preventDefault()
    const backup = backups[to]
    if (backup) onSelect(backup.backupId)
  }
  return (
    <div ref={scroller} className={s['rows']}>
      <div
        role="grid"
        className={s['table']}
        aria-label="Backups, newest first"
        aria-rowcount={backups.length + 1}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className={s['heads']}>
          <div role="columnheader">State</div>
          <div role="columnheader">Backup</div>
          <div role="columnheader" data-r>
            Age
          </div>
          <div role="columnheader" data-r className={s['wide']}>
            Size
          </div>
          <div role="columnheader">Proved</div>
        </div>
        <div role="rowgroup" className={s['body']} style={{ height: backups.length * rowHeight }}>
          {virtual.getVirtualItems().map(({ index }) => {
            const backup = backups[index]
            return (
              backup && (
                <BackupRow
                  key={backup.backupId}
                  backup={backup}
                  at={index}
                  isOn={backup.backupId === selected}
                  nowMs={nowMs}
                  oldAfterMs={oldAfterMs}
                  onSelect={onSelect}
                />
              )
            )
          })}
        </div>
      </div>
    </div>
  )
}

interface BackupRowProps {
  readonly backup: Chain['backups'][number]
  readonly at: number
  readonly isOn: boolean
  readonly nowMs: number
  readonly oldAfterMs: number
  readonly onSelect: (backupId: string) => void
}

function BackupRow({ backup, at, isOn, nowMs, oldAfterMs, onSelect }: BackupRowProps) {
  const proofMs = backup.verifiedAt === null ? null : nowMs - Date.parse(backup.verifiedAt)
  const tone =
    backup.verdict === 'warning' && backup.restorability === 'restorable'
      ? 'warn'
      : verdictTones[backup.restorability]
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid around it has the keys
    <div
      role="row"
      style={{ top: at * rowHeight, height: rowHeight }}
      aria-rowindex={at + 2}
      aria-selected={isOn}
      className={s['row']}
      data-tone={tone}
      data-on={isOn || undefined}
      onClick={() => onSelect(backup.backupId)}
    >
      <div role="gridcell">
        <Status tone={tone}>{verdictWords[backup.restorability]}</Status>
      </div>
      <div role="gridcell" title={backup.backupId}>
        <BackupId id={backup.backupId} />
      </div>
      <div role="gridcell" data-r>
        {backup.createdAt === null ? 'no time' : <ShortAge at={backup.createdAt} nowMs={nowMs} />}
      </div>
      <div role="gridcell" data-r className={s['wide']}>
        {backup.sizeBytes === null ? 'not known' : bytesWords(backup.sizeBytes)}
      </div>
      <div role="gridcell">
        <Ladder
          reached={backup.verifiedAt === null && backup.level === 'listed' ? null : backup.level}
          failedAt={backup.failedAt ?? undefined}
          notProvable={backup.notProvable}
          old={proofMs !== null && proofMs > oldAfterMs}
          word={false}
        />
        <span className={s['proof']}>
          {backup.verifiedAt === null ? 'never' : <ShortAge at={backup.verifiedAt} nowMs={nowMs} />}
        </span>
      </div>
    </div>
  )
}

/** One unit is enough in a row; the exact time is told by pointer, by ear, and in the pane that the row opens. */
function ShortAge({ at, nowMs }: { readonly at: string; readonly nowMs: number }) {
  return (
    <RowTime at={at}>
      {nowMs - Date.parse(at) < -60_000 && 'in '}
      {shortAgeWords(Math.abs(nowMs - Date.parse(at)))}
    </RowTime>
  )
}

function targetOf(key: string, at: number, length: number): number | null {
  const within = (to: number) => Math.max(0, Math.min(length - 1, to))
  switch (key) {
    case 'j':
    case 'J':
    case 'ArrowDown':
      return within(at + 1)
    case 'k':
    case 'K':
    case 'ArrowUp':
      return within(at - 1)
    case 'PageDown':
      return within(at + 15)
    case 'PageUp':
      return within(at - 15)
    case 'Home':
      return within(0)
    case 'End':
      return within(length - 1)
    default:
      return null
  }
}
