import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { tsvOf } from '../../shared/domain/table-text.ts'
import * as Icon from './icons.tsx'

export interface TextColumn<Row> {
  readonly head: string
  readonly text: (row: Row) => string
}

/** Rows as lines and columns apart by tabs, as spreadsheets and terminals take them. Nothing in them is a formula. */
function tableText<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): string {
  return tsvOf({
    columns: columns.map(({ head }) => head),
    rows: rows.map((row) => columns.map(({ text }) => text(row).replaceAll('\u00a0', ' '))),
  })
}

interface Props<Row> {
  readonly columns: readonly TextColumn<Row>[]
  readonly rows: readonly Row[]
}

/** Stands at every table. The text is made when it is asked for: a table may be long, and changes often. */
export function CopyAsText<Row>({ columns, rows }: Props<Row>) {
  const { copied, copy } = useClipboard({ timeout: 1200 })
  return (
    <Button
      size="xs"
      variant="subtle"
      leftSection={<Icon.Copy size={13} />}
      onClick={() => copy(tableText(columns, rows))}
      disabled={rows.length === 0}
    >
      {copied ? 'Copied' : 'Copy as text'}
    </Button>
  )
}
