import { median, timesFaster, type Standing, type Timed } from './compare.ts'

/** One line of the table. */
export interface Row {
  readonly what: string
  readonly measured: string
  readonly wanted: string
  /** Null where the line only informs, or nothing is installed to compare with. */
  readonly isMet: boolean | null
}

export interface Section {
  readonly title: string
  readonly rows: readonly Row[]
  /** Every single run, for who wants to look closer. */
  readonly runs: readonly Standing<Timed>[]
}

/** The middle rate of the rounds. */
export function rateRow(bytes: number, { name, runs }: Standing<Timed>, atLeast?: number): Row {
  if (runs.length === 0) return notHere(name)
  const rate = bytes / median(runs.map(({ seconds }) => seconds)) / 1e9
  return {
    what: name,
    measured: rateInWords(rate),
    wanted: atLeast === undefined ? '' : `at least ${rateInWords(atLeast)}`,
    isMet: atLeast === undefined ? null : rate >= atLeast,
  }
}

export function secondsRow({ name, runs }: Standing<Timed>, under?: number): Row {
  if (runs.length === 0) return notHere(name)
  const seconds = median(runs.map((run) => run.seconds))
  return {
    what: name,
    measured: `${seconds.toFixed(2)} s`,
    wanted: under === undefined ? '' : `under ${under} s`,
    isMet: under === undefined ? null : seconds < under,
  }
}

/** How many times faster one is than the other, from the rounds in which both ran. */
export function ratioRow(own: Standing<Timed>, other: Standing<Timed>, atLeast?: number): Row {
  const ratio = timesFaster(own, other)
  const what = `${own.name} : ${other.name}`
  if (ratio === null) return notHere(what)
  return {
    what,
    measured: `${ratio.toFixed(2)} times as fast`,
    wanted: atLeast === undefined ? '' : `at least ${atLeast} times`,
    isMet: atLeast === undefined ? null : ratio >= atLeast,
  }
}

export function memoryRow(what: string, peakBytes: number): Row {
  return {
    what,
    measured: `${(peakBytes / 1e6).toFixed(0)} MB`,
    wanted: 'under 300 MB',
    isMet: peakBytes < 300e6,
  }
}

/** A section as a table of Markdown. */
export function tableOf({ title, rows }: Section): string {
  const met = (isMet: boolean | null): string => (isMet === null ? '' : isMet ? 'yes' : 'no')
  const cells = [
    ['', 'measured', 'wanted', 'met'],
    ...rows.map(({ what, measured, wanted, isMet }) => [what, measured, wanted, met(isMet)]),
  ]
  const widths = [0, 1, 2, 3].map((at) => Math.max(3, ...cells.map((row) => row[at]?.length ?? 0)))
  const lines = cells.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`)
  return `## ${title}\n\n${lines.join('\n')}\n`
}

function notHere(what: string): Row {
  return { what, measured: 'not here', wanted: '', isMet: null }
}

function rateInWords(rate: number): string {
  return rate >= 1 ? `${rate.toFixed(2)} GB/s` : `${(rate * 1000).toFixed(0)} MB/s`
}
