import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import type { Chain } from '../../../shared/contract/backups.ts'
import { bytesWords, shortAgeWords } from '../../../shared/domain/size-words.ts'
import { useNow } from '../../ui/now.ts'
import { BackupId } from '../../ui/hash.tsx'
import { Ladder } from '../../ui/ladder.tsx'
import { Status } from '../../ui/status.tsx'
import { utcWords } from '../../ui/time.tsx'
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
  const items = virtual.getVirtualItems()
  const before = items[0]?.index ?? 0
  const after = backups.length - ((items.at(-1)?.index ?? -1) + 1)
  return (
    <div ref={scroller} className={s['rows']} role="presentation" tabIndex={0} onKeyDown={onKeyDown}>
      <table
        className={s['table']}
        role="grid"
        aria-label="Backups, newest first"
        aria-rowcount={backups.length + 1}
      >
        <thead>
          <tr aria-rowindex={1}>
            <th className={s['state']}>State</th>
            <th>Backup</th>
            <th data-r className={s['age']}>
              Age
            </th>
            <th data-r className={`${s['size']} ${s['wide']}`}>
              Size
            </th>
            <th className={s['proved']}>Proved</th>
          </tr>
        </thead>
        <tbody>
          <Spacer rows={before} />
          {items.map(({ index }) => {
            const backup = backups[index]
            return (
              backup && (
                <BackupRow
                  key={backup.backupId}
                  backup={backup}
                  rowIndex={index + 2}
                  isOn={backup.backupId === selected}
                  nowMs={nowMs}
                  oldAfterMs={oldAfterMs}
                  onSelect={onSelect}
                />
              )
            )
          })}
          <Spacer rows={after} />
        </tbody>
      </table>
    </div>
  )
}

function Spacer({ rows }: { readonly rows: number }) {
  if (rows <= 0) return null
  return (
    <tr className={s['spacer']} aria-hidden="true">
      <td style={{ height: rows * rowHeight }} colSpan={5} />
    </tr>
  )
}

interface BackupRowProps {
  readonly backup: Chain['backups'][number]
  readonly rowIndex: number
  readonly isOn: boolean
  readonly nowMs: number
  readonly oldAfterMs: number
  readonly onSelect: (backupId: string) => void
}

function BackupRow({ backup, rowIndex, isOn, nowMs, oldAfterMs, onSelect }: BackupRowProps) {
  const proofMs = backup.verifiedAt === null ? null : nowMs - Date.parse(backup.verifiedAt)
  const tone =
    backup.verdict === 'warning' && backup.restorability === 'restorable'
      ? 'warn'
      : verdictTones[backup.restorability]
  return (
    <tr
      aria-rowindex={rowIndex}
      aria-selected={isOn}
      className={s['row']}
      data-tone={tone}
      data-on={isOn || undefined}
      onClick={() => onSelect(backup.backupId)}
    >
      <td>
        <Status tone={tone}>{verdictWords[backup.restorability]}</Status>
      </td>
      <td title={backup.backupId}>
        <BackupId id={backup.backupId} />
      </td>
      <td data-r>
        {backup.createdAt === null ? 'no time' : <ShortAge at={backup.createdAt} nowMs={nowMs} />}
      </td>
      <td data-r className={s['wide']}>
        {backup.sizeBytes === null ? 'not known' : bytesWords(backup.sizeBytes)}
      </td>
      <td>
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
      </td>
    </tr>
  )
}

/** One unit is enough in a row; the exact time is on hover. */
function ShortAge({ at, nowMs }: { readonly at: string; readonly nowMs: number }) {
  return (
    <time dateTime={at} title={utcWords(at)}>
      {shortAgeWords(nowMs - Date.parse(at))}
    </time>
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
