import { Button, Menu } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { csvOf, markdownOf, tsvOf, type TextTable } from '../../shared/domain/table-text.ts'
import { saveText } from '../lib/save-text.ts'
import * as Icon from './icons.tsx'

export interface TextColumn<Row> {
  readonly head: string
  readonly text: (row: Row) => string
}

interface Props<Row> {
  /** What the rows are, as a part of a file's name: `backups`. */
  readonly name: string
  readonly columns: readonly TextColumn<Row>[]
  readonly rows: readonly Row[]
}

/**
 * Stands at every table: its rows for a spreadsheet or a terminal, for a ticket, or as a file. What is taken is made when it is
 * asked for: a table may be long, and changes often. Nothing in it is a formula, nor markup.
 */
export function CopyTable<Row>({ name, columns, rows }: Props<Row>) {
  const { copied, copy } = useClipboard({ timeout: 1200 })
  const table = (): TextTable => ({
    columns: columns.map(({ head }) => head),
    rows: rows.map((row) => columns.map(({ text }) => text(row).replaceAll('\u00a0', ' '))),
  })
  return (
    // Beside its button, within the part of the page that it belongs to; fixed, so that nothing that scrolls cuts it off.
    <Menu
      position="bottom-end"
      withinPortal={false}
      floatingStrategy="fixed"
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <Button
          size="xs"
          variant="subtle"
          leftSection={<Icon.Copy size={13} />}
          rightSection={<Icon.ChevronDown size={11} />}
          disabled={rows.length === 0}
        >
          {copied ? 'Copied' : 'Copy or save'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item data-autofocus onClick={() => copy(tsvOf(table()))}>
          Copy as text
        </Menu.Item>
        <Menu.Item onClick={() => copy(markdownOf(table()))}>Copy as Markdown</Menu.Item>
        <Menu.Item
          onClick={() => saveText([csvOf(table())], { name: `holdfast-${name}.csv`, type: 'text/csv' })}
        >
          Save as CSV
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
