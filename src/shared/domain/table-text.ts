import { printable } from './printable.ts'

/** A table as copied or saved: the first row are the names of the columns. */
export interface TextTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** For spreadsheets and terminals, by the clipboard. Tabs and line ends inside a cell become spaces; what acts in it is written out. */
export function tsvOf({ columns, rows }: TextTable): string {
  return linesOf([columns, ...rows], (cells) =>
    cells.map((cell) => unformulated(printable(cell.replace(/[\t\r\n]+/g, ' ')))).join('\t'),
  )
}

/** RFC 4180, with the line ends that it asks for. */
export function csvOf({ columns, rows }: TextTable): string {
  return linesOf([columns, ...rows], (cells) => `${cells.map(csvCell).join(',')}\r`)
}

/** GitHub Flavored Markdown 4.10. Nothing in a cell is read as markup: no link, image, code, HTML or end of the cell. */
export function markdownOf({ columns, rows }: TextTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`
  return [line(columns), `| ${columns.map(() => '---').join(' | ')} |`, ...rows.map(line), ''].join('\n')
}

function linesOf(rows: TextTable['rows'], line: (cells: readonly string[]) => string): string {
  return rows.map((cells) => `${line(cells)}\n`).join('')
}

/**
 * A cell that begins like a formula would be one to a spreadsheet (OWASP, CSV Injection): an apostrophe makes it text.
 * White space before it does not hide it, and the signs of full width count too.
 */
function unformulated(cell: string): string {
  return /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/u.test(cell) ? `'${cell}` : cell
}

function csvCell(cell: string): string {
  const safe = unformulated(cell)
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** CommonMark 2.4: a backslash makes a sign the character itself. GFM 6.9: bare addresses become links without any sign. */
function markdownCell(cell: string): string {
  return cell
    .replace(/[\\`*_{}[\]()<>|!#~&@$]/g, (char) => `\\${char}`)
    .replaceAll('://', '\\://')
    .replace(/www\./gi, (text) => `${text.slice(0, -1)}\\.`)
    .replace(/\s+/g, ' ')
}
