/** Longer lines are broken: one line of 4 MiB would stop a window. */
const longestLine = 400

export interface TextLine {
  /** From 1; null for the continuation of a line that was broken. */
  readonly number: number | null
  readonly text: string
}

export function textLines(text: string): readonly TextLine[] {
  const lines: TextLine[] = []
  text.split('\n').forEach((line, at) => {
    lines.push({ number: at + 1, text: line.slice(0, longestLine) })
    for (let from = longestLine; from < line.length; from += longestLine)
      lines.push({ number: null, text: line.slice(from, from + longestLine) })
  })
  return lines
}
