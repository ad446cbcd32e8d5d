import { styleText } from 'node:util'
import { printable } from '../../shared/domain/printable.ts'
import { onOneLine } from './words.ts'

/** One of the process's output streams, as far as the command line needs it. */
export interface Stream {
  readonly isTerminal: boolean
  readonly columns: number
  write(text: string): void
}

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

/** Everything the command line says goes through here: results on stdout, the rest on stderr, nothing unescaped. */
export interface Output {
  /** One line of the result, whatever stands in it; not printed where the result is JSON. */
  line(text?: string): void
  /** A document that is the result, its lines as they stand; not printed where the result is JSON. */
  text(text: string): void
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
  // Stands for the escape character in a style: whoever wrote a name cannot know it.
  const escape = crypto.randomUUID()
  const withStyles = (text: string): string => printable(text).replaceAll(escape, '\u001b')
  return {
    json,
    line: (text = '') => {
      if (!json) stdout.write(`${withStyles(onOneLine(text))}\n`)
    },
    text: (text) => {
      if (!json) stdout.write(`${printable(text)}\n`)
    },
    document: (value) => {
      if (json) stdout.write(`${printable(JSON.stringify(value, null, 2))}\n`)
    },
    // What is quoted in it never stands at the beginning of a line.
    note: (text) => stderr.write(`${printable(text).replaceAll('\n', '\n  ')}\n`),
    style: (style, text) =>
      colours
        ? styleText(style, printable(text), { validateStream: false }).replaceAll('\u001b', escape)
        : text,
  }
}
