/** The cell that has the keyboard: a row of the map, and a column (0 the backup, then the stores, then the verdict). */
export interface Cursor {
  readonly row: number
  readonly column: number
}

/** Where a key leads; null where it is no key of movement. */
export function moved(
  key: string,
  { row, column }: Cursor,
  { rows, columns, page }: { readonly rows: number; readonly columns: number; readonly page: number },
): Cursor | null {
  const within = (at: number, length: number) => Math.max(0, Math.min(length - 1, at))
  const toRow = (at: number): Cursor => ({ row: within(at, rows), column })
  const toColumn = (at: number): Cursor => ({ row, column: within(at, columns) })
  switch (key) {
    case 'j':
    case 'J':
    case 'ArrowDown':
      return toRow(row + 1)
    case 'k':
    case 'K':
    case 'ArrowUp':
      return toRow(row - 1)
    case 'PageDown':
      return toRow(row + page)
    case 'PageUp':
      return toRow(row - page)
    case 'Home':
      return toRow(0)
    case 'End':
      return toRow(rows - 1)
    case 'ArrowLeft':
      return toColumn(column - 1)
    case 'ArrowRight':
      return toColumn(column + 1)
    default:
      return null
  }
}
