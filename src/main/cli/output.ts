import { styleText } from 'node:util'
import { printable } from '../../shared/domain/printable.ts'

/** One of the process's output streams, as far as the command line needs it. */
export interface Stream {
  readonly isTerminal: boolean
  readonly columns: number
  write(text: string): void
}

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

/** Everything the command line says goes through here: results on stdout, the rest on stderr, nothing unescaped. */
export interface Output {
  /** A line of the result; not printed where the result is JSON. */
  line(text?: string): void
  /** The whole result as one JSON document; not printed where the result is text. */
  document(value: unknown): void
  /** Something about the run, on stderr. */
  note(text: string): void
  /** The text in a style where stdout is a terminal that may have colours. */
  style(style: Style, text: string): string
  readonly json: boolean
}

export function createOutput(
  { stdout, stderr }: { readonly stdout: Stream; readonly stderr: Stream },
  { json, colours }: { readonly json: boolean; readonly colours: boolean },
): Output {
  return {
    json,
    line: (text = '') => {
      if (!json) stdout.write(`${keepStyles(text)}\n`)
    },
    document: (value) => {
      if (json) stdout.write(`${printable(JSON.stringify(value, null, 2))}\n`)
    },
    note: (text) => stderr.write(`${printable(text)}\n`),
    style: (style, text) => (colours ? styleText(style, printable(text), { validateStream: false }) : text),
  }
}

/** Escapes all but the styles that `style` itself put there. */
function keepStyles(text: string): string {
  return text
    .split(/(\u001b\[\d{1,2}m)/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('')
}
