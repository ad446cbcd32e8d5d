import type { KeyboardEvent, ReactNode } from 'react'
import type { TextColumn } from './copy-table.tsx'
import s from './frame.module.css'

export interface Column<Row> extends TextColumn<Row> {
  readonly cell?: (row: Row) => ReactNode
  readonly align?: 'right'
  /** Long texts: they take what is left of the width, and as many lines as they need. */
  readonly wrap?: boolean
}

interface Props<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly onOpen?: ((row: Row) => void) | undefined
}

/** A table of some dozens of rows; long lists are of `VirtualRows`. A row that opens does so by press and by Enter. */
export function DataTable<Row>({ label, columns, rows, keyOf, onOpen }: Props<Row>) {
  return (
    <table className={s['tbl']} aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ head, align }) => (
            <th key={head} scope="col" data-r={align === 'right' || undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={keyOf(row)}
            {...(onOpen && {
              tabIndex: 0,
              'data-opens': true,
              'data-row': true,
              onClick: () => onOpen(row),
              onKeyDown: (event: KeyboardEvent) => {
                if (event.key === 'Enter' && event.target === event.currentTarget) onOpen(row)
              },
            })}
          >
            {columns.map(({ head, cell, text, align, wrap }) => (
              <td key={head} data-r={align === 'right' || undefined} data-wrap={wrap || undefined}>
                {cell === undefined ? text(row) : cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
