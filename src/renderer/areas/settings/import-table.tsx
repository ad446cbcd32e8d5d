import type { SetupRow } from '../../../shared/contract/setup.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { frame } from '../../ui/frame.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import s from './settings.module.css'

const words = { add: 'Added', change: 'Changed', same: 'As it is', refuse: 'Refused' } as const

/** A line for what is added or refused, one for each field that changes, and each that is weaker says why. */
export function ImportTable({ rows }: { readonly rows: readonly SetupRow[] }) {
  const lines = rows.filter(({ fate }) => fate !== 'same').flatMap(linesOf)
  if (lines.length === 0) return null
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, by keys too */}
      <div className={s['import']} role="region" aria-label="Each field with what it becomes" tabIndex={0}>
        <table className={frame.table} aria-label="What the import does">
          <thead>
            <tr>
              {['What', 'Of', 'Field', 'Now', 'Then', 'Weaker'].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map(({ row, field, before, after, why }) => (
              <tr key={`${row.of} ${row.name} ${field}`}>
                <td>{row.fate === 'refuse' ? <Status tone="bad">Refused</Status> : words[row.fate]}</td>
                <td>
                  <Printable text={nameOf(row)} />
                </td>
                <td>{field}</td>
                <td>
                  <Printable text={before} />
                </td>
                <td>
                  <Printable text={after} />
                </td>
                <td>{why !== null && <Status tone="warn">Weaker: {why}</Status>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        <CopyTable
          name="import"
          rows={lines}
          columns={[
            { head: 'What', text: ({ row }) => words[row.fate] },
            { head: 'Of', text: ({ row }) => nameOf(row) },
            { head: 'Field', text: ({ field }) => field },
            { head: 'Now', text: ({ before }) => before },
            { head: 'Then', text: ({ after }) => after },
            { head: 'Weaker', text: ({ why }) => why ?? '' },
          ]}
        />
      </p>
    </>
  )
}

function nameOf({ of, name }: SetupRow): string {
  return of === 'settings' ? name : `${of} ${name}`
}

function linesOf(row: SetupRow) {
  const shown = row.fields.filter(({ weakens }) => row.fate === 'change' || weakens !== null)
  const whole = { row, field: '', before: '', after: row.because ?? '', why: null }
  return [
    ...(row.fate === 'change' ? [] : [whole]),
    ...shown.map(({ field, before, after, weakens }) => ({
      row,
      field,
      before: before ?? 'none',
      after: after ?? 'none',
      why: weakens,
    })),
  ]
}
