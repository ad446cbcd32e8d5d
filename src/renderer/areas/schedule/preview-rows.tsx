import { useState } from 'react'
import type { RetentionPreview } from '../../../shared/contract/retention.ts'
import { bytesWords, countOf, countWords } from '../../../shared/domain/size-words.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { BackupId } from '../../ui/hash.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import s from './schedule.module.css'

interface Row {
  readonly key: string
  readonly name: string
  readonly isBackup: boolean
  readonly isGoing: boolean
  readonly frees: string
  readonly stays: string
  readonly reason: string
}

/** A table is of some dozens of rows; the rest of a long list is asked for. */
const step = 100

const columns: readonly Column<Row>[] = [
  {
    head: 'Fate',
    text: ({ isGoing }) => fateWord(isGoing),
    cell: ({ isGoing }) => <Status tone={isGoing ? 'warn' : 'none'}>{fateWord(isGoing)}</Status>,
  },
  {
    head: 'Backup',
    text: ({ name }) => name,
    cell: ({ name, isBackup }) =>
      isBackup ? <BackupId id={name} /> : <span>{printable(name)}, no backup</span>,
  },
  { head: 'Frees', align: 'right', text: ({ frees }) => frees },
  { head: 'Stays of it', align: 'right', text: ({ stays }) => stays },
  {
    head: 'Why',
    wrap: true,
    text: ({ reason }) => reason,
    cell: ({ reason }) => <Printable text={reason} />,
  },
]

/** What goes first, then what stays, each with the reason. */
export function PreviewRows({ preview }: { readonly preview: RetentionPreview }) {
  const [most, setMost] = useState(step)
  const rows = rowsOf(preview)
  return (
    <div className={s['rows']}>
      <CopyTable name="deletion" columns={columns} rows={rows} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, by keys too */}
      <div className={s['scroll']} role="region" aria-label="Each backup with its fate" tabIndex={0}>
        <DataTable
          label="What goes and what stays"
          keyOf={({ key }) => key}
          rows={rows.slice(0, most)}
          columns={columns}
        />
        {rows.length > most && (
          <Button size="xs" variant="subtle" onClick={() => setMost(most + step)}>
            {`Show more of ${countWords(rows.length)}`}
          </Button>
        )}
      </div>
    </div>
  )
}

function fateWord(isGoing: boolean): string {
  return isGoing ? 'Goes' : 'Stays'
}

function rowsOf({ rows, orphans }: RetentionPreview): readonly Row[] {
  const all = [
    ...rows.map(({ backupId, fate, freesBytes, staysObjects, reason }) => ({
      key: `backup ${backupId}`,
      name: backupId,
      isBackup: true,
      isGoing: fate === 'delete',
      frees: fate === 'delete' ? bytesWords(freesBytes) : '',
      stays: staysObjects === 0 ? '' : countOf(staysObjects, 'object'),
      reason,
    })),
    ...orphans.map(({ name, fate, sizeBytes, objects, reason }) => ({
      key: `orphan ${name}`,
      name,
      isBackup: false,
      isGoing: fate === 'delete',
      frees: fate === 'delete' ? bytesWords(sizeBytes) : '',
      stays: fate === 'delete' ? '' : countOf(objects, 'object'),
      reason,
    })),
  ]
  return [...all.filter(({ isGoing }) => isGoing), ...all.filter(({ isGoing }) => !isGoing)]
}
