import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import type { Backup } from '../../../shared/contract/backups.ts'
import { bytesWords, countOf, countWords } from '../../../shared/domain/size-words.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { FindField } from '../../ui/find-field.tsx'
import { Button, Progress } from '../../ui/kit.ts'
import { Doc, Folder } from '../../ui/icons.tsx'
import { Printable } from '../../ui/printable.tsx'
import { useContents, type ContentEntry, type Contents } from './use-contents.ts'
import s from './pane.module.css'

interface ContentsTabProps {
  readonly clusterId: string
  readonly backupId: string
  readonly contents: Backup['contents']
  /** What is looked for in the paths. */
  readonly words: string
  readonly onWords: (words: string | undefined) => void
}

export function ContentsTab({ contents, ...archive }: ContentsTabProps) {
  if (contents.kind === 'none')
    return (
      <p className={s['note']}>
        <Printable text={contents.reason} />
      </p>
    )
  return <Archive key={archive.backupId} {...archive} readsBytes={contents.readsBytes} note={contents.note} />
}

interface ArchiveProps extends Omit<ContentsTabProps, 'contents'> {
  readonly readsBytes: number
  readonly note: string
}

function Archive({ clusterId, backupId, readsBytes, note, words, onWords }: ArchiveProps) {
  const contents = useContents(clusterId, backupId)
  const { state, entries, readBytes, reason, start, stop } = contents
  const length = entries.length
  const shown = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    const now = entries.slice(0, length)
    return wanted === '' ? now : now.filter(({ path }) => path.toLowerCase().includes(wanted))
  }, [entries, length, words])
  if (state === 'idle')
    return (
      <>
        <p className={s['note']}>
          Reads up to {bytesWords(readsBytes)}. {note}
        </p>
        <Button onClick={start}>Read and list</Button>
      </>
    )
  return (
    <>
      <div className={s['tools']}>
        <FindField
          className={s['grow']}
          label="Filter files"
          placeholder="Part of a path"
          words={words}
          onFind={onWords}
        />
        {state === 'reading' ? (
          <Button onClick={stop}>Stop</Button>
        ) : (
          <Button onClick={start}>Read again</Button>
        )}
      </div>
      {state === 'reading' && (
        <Progress
          aria-label="Read so far"
          size={3}
          value={readsBytes === 0 ? 0 : Math.min(100, (readBytes / readsBytes) * 100)}
        />
      )}
      <p className={s['note']} role="status">
        {statusWords(contents, { shown: shown.length, readsBytes })}
        {reason !== null && (
          <>
            {' '}
            <Printable text={reason} />
          </>
        )}
      </p>
      {contents.failure !== null && <ErrorLine failure={contents.failure} />}
      <Entries entries={shown} />
    </>
  )
}

const rowHeight = 27

function Entries({ entries }: { readonly entries: readonly ContentEntry[] }) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    useFlushSync: false,
  })
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard too
    <div ref={scroller} className={s['entries']} role="region" aria-label="Files of the archive" tabIndex={0}>
      <ul
        style={{
          position: 'relative',
          height: entries.length * rowHeight,
          margin: 0,
          padding: 0,
          listStyle: 'none',
        }}
      >
        {virtual.getVirtualItems().map(({ index, start }) => {
          const entry = entries[index]
          return entry && <Entry key={index} entry={entry} top={start} />
        })}
      </ul>
    </div>
  )
}

function Entry({ entry, top }: { readonly entry: ContentEntry; readonly top: number }) {
  return (
    <li className={s['entry']} style={{ top, height: rowHeight }}>
      {entry.kind === 'folder' ? <Folder size={13} /> : <Doc size={13} />}
      <span className={s['entryPath']} title={entry.path}>
        <Printable text={entry.path} />
      </span>
      {entry.part !== null && <span className={s['dim']}>{entry.part}</span>}
      <span className={s['entrySize']}>
        {entry.kind === 'file' ? bytesWords(entry.sizeBytes) : entry.kind === 'folder' ? '' : 'not a file'}
      </span>
    </li>
  )
}

function statusWords(
  { state, entries, readBytes, isWhole }: Contents,
  { shown, readsBytes }: { readonly shown: number; readonly readsBytes: number },
): string {
  const all = countOf(entries.length, 'entry', 'entries')
  const found = shown === entries.length ? all : `${countWords(shown)} of ${all}`
  if (state === 'reading')
    return `${found} so far, ${bytesWords(readBytes)} of ${bytesWords(readsBytes)} read.`
  if (state === 'stopped') return `${found}; stopped after ${bytesWords(readBytes)}. Nothing was kept.`
  return isWhole ? `${found}, the whole archive.` : `${found}; the archive was not read to its end.`
}
