import type { StoreRow } from '../../../shared/contract/backups.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Section } from '../../ui/frame.tsx'
import { Hash } from '../../ui/hash.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Age } from '../../ui/time.tsx'
import s from './pane.module.css'

type Recorded = StoreRow['recorded'][number]

const recordedWords = ({ of, algorithm }: Recorded): string =>
  `${of === 'plain' ? 'plain' : 'as stored'}${algorithm === 'SHA-256' ? '' : `, ${algorithm}`}`

const columns: readonly Column<StoreRow>[] = [
  { head: 'Store', text: ({ store }) => store, cell: ({ store }) => <Printable text={store} /> },
  {
    head: 'Recorded',
    text: ({ recorded }) =>
      recorded.map((hash) => `${hash.algorithm} ${hash.hex} (${hash.of})`).join(', ') || 'none',
    cell: ({ recorded }) =>
      recorded.length === 0 ? (
        <span className={s['dim']}>none</span>
      ) : (
        recorded.map((hash) => (
          <div key={`${hash.of} ${hash.algorithm}`} className={s['recorded']}>
            <Hash value={hash.hex} /> <span className={s['dim']}>{recordedWords(hash)}</span>
          </div>
        ))
      ),
  },
  {
    head: 'Read as stored',
    text: ({ sha256 }) => sha256 ?? 'not read',
    cell: ({ sha256, state }) =>
      sha256 === null ? (
        <span className={s['dim']}>not read</span>
      ) : (
        <Hash value={sha256} {...(state === 'damaged' && { tone: 'bad' as const })} />
      ),
  },
  {
    head: 'Last intact',
    text: ({ intactAt }) => intactAt ?? 'never seen so',
    cell: ({ intactAt }) =>
      intactAt === null ? <span className={s['dim']}>never seen so</span> : <Age at={intactAt} ago />,
  },
]

/** What is recorded of each object, what was read of it, and when it was last proved intact. */
export function StoreHashes({
  stores,
  shown,
}: {
  readonly stores: readonly StoreRow[]
  readonly shown: readonly StoreRow[]
}) {
  return (
    <>
      <Section end={<CopyTable name="hashes" columns={columns} rows={stores} />}>Hashes</Section>
      <DataTable label="Hashes of this backup" columns={columns} rows={shown} keyOf={({ store }) => store} />
    </>
  )
}
