import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import * as Icon from './icons.tsx'

export interface TextColumn<Row> {
  readonly head: string
  readonly text: (row: Row) => string
}

/** Rows as lines and columns apart by tabs, as spreadsheets and terminals take them. */
export function tableText<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): string {
  const clean = (cell: string): string => cell.replace(/[\t\r\n]+/g, ' ').replaceAll('\u00a0', ' ')
  return [
    columns.map(({ head }) => clean(head)).join('\t'),
    ...rows.map((row) => columns.map(({ text }) => clean(text(row))).join('\t')),
  ].join('\n')
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
