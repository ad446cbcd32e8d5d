import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Backup, Chain } from '../../../shared/contract/backups.ts'
import { compareStores, type Likeness, type StoreDifference } from '../../../shared/domain/compare-backups.ts'
import { bytesWords } from '../../../shared/domain/size-words.ts'
import { dayText, timeText } from '../chain/model/day-words.ts'
import { levelWords } from '../../../shared/domain/level.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { CopyTable, type TextColumn } from '../../ui/copy-table.tsx'
import { Select } from '../../ui/kit.ts'
import { useNow } from '../../ui/now.ts'
import { frame, Section } from '../../ui/frame.tsx'
import { Hash } from '../../ui/hash.tsx'
import { Printable } from '../../ui/printable.tsx'
import s from './pane.module.css'

const likenessWords: Readonly<Record<Likeness, string>> = {
  sameObject: 'same object',
  sameContent: 'same content, another object',
  changed: 'changed',
  notTold: 'another object, not compared: too little of it was read',
  notApart: 'another object, which holds other stores as well: not compared by itself',
  onlyHere: 'only in this backup',
  onlyThere: 'only in the other backup',
}

interface CompareTabProps {
  readonly clusterId: string
  readonly backup: Backup
  readonly chain: Chain
  readonly otherId: string | null
  readonly onOther: (backupId: string) => void
}

/** Two backups, store by store. */
export function CompareTab({ clusterId, backup, chain, otherId, onOther }: CompareTabProps) {
  const desk = useDesk()
  const nowMs = useNow()
  const asked = useQuery({
    ...desk.backups.get.queryOptions({ input: { clusterId, backupId: otherId ?? '' } }),
    enabled: otherId !== null,
  })
  const other = otherId === null ? null : (asked.data ?? null)
  const [words, setWords] = useState('')
  const choices = useMemo(
    () =>
      chain.backups
        .filter(({ backupId }) => backupId !== backup.backupId)
        .map(({ backupId, createdAt }) => ({
          value: backupId,
          label:
            createdAt === null
              ? backupId
              : `${dayText(createdAt, nowMs)} ${timeText(createdAt)}, ${backupId}`,
        })),
    [chain, backup.backupId, nowMs],
  )
  const lines = useMemo(
    () => (other === null ? [] : compareStores(backup.stores, other.stores)),
    [backup, other],
  )
  return (
    <>
      <div className={s['tools']}>
        <Select
          className={s['grow']}
          aria-label="Backup to compare with"
          placeholder="Choose another backup"
          data={choices}
          value={otherId}
          onChange={(value: string | null) => value !== null && onOther(value)}
          searchable
          searchValue={words}
          onSearchChange={setWords}
          limit={50}
        />
      </div>
      {otherId === null && (
        <p className={s['note']}>Per store: whether both have the same object, and how its size differs.</p>
      )}
      {asked.isError && <ErrorLine failure={failureOf(asked.error)} />}
      {other !== null && (
        <>
          <Section
            note={summary(lines)}
            end={<CopyTable name="differences" columns={columns} rows={lines} />}
          >
            Differences
          </Section>
          <table className={frame.table} aria-label="Differences by store">
            <thead>
              <tr>
                <th>Store</th>
                <th>Compared</th>
                <th data-r>Size</th>
                <th>Proved, this and other</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <Line key={line.store} line={line} />
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  )
}

function Line({ line: { store, likeness, growthBytes, here, there } }: { readonly line: StoreDifference }) {
  const hashes = likeness === 'changed' ? [here?.plainSha256, there?.plainSha256] : []
  return (
    <tr>
      <td>
        <b className={s['store']}>
          <Printable text={store} />
        </b>
      </td>
      <td className={likeness === 'changed' ? undefined : s['dim']} style={{ whiteSpace: 'normal' }}>
        {likenessWords[likeness]}
        {hashes[0] && hashes[1] && (
          <>
            {': '}
            <Hash value={hashes[0]} />, other <Hash value={hashes[1]} />
          </>
        )}
      </td>
      <td data-r>{growthText(growthBytes)}</td>
      <td>
        {provedText(here)}, {provedText(there)}
      </td>
    </tr>
  )
}

/** Of the table as text. */
const columns: readonly TextColumn<StoreDifference>[] = [
  { head: 'Store', text: ({ store }) => store },
  { head: 'Compared', text: ({ likeness }) => likenessWords[likeness] },
  { head: 'Plain SHA-256', text: ({ here }) => here?.plainSha256 ?? '' },
  { head: 'Of the other', text: ({ there }) => there?.plainSha256 ?? '' },
  { head: 'Size', text: ({ growthBytes }) => growthText(growthBytes) },
  { head: 'Proved', text: ({ here }) => provedText(here) },
  { head: 'Proved of the other', text: ({ there }) => provedText(there) },
]

function provedText(side: StoreDifference['here']): string {
  return side === null ? 'none' : levelWords[side.level]
}

function growthText(bytes: number | null): string {
  if (bytes === null) return 'not known'
  return bytes === 0 ? 'equal' : `${bytes > 0 ? '+' : '−'}${bytesWords(Math.abs(bytes))}`
}

function summary(lines: readonly StoreDifference[]): string {
  const shared = lines.filter(({ likeness }) => likeness === 'sameObject').length
  return `${shared} of ${lines.length} stores are the same object`
}
