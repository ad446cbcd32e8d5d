import type { Run, Step } from '../../../../shared/contract/runbooks.ts'
import type { Tone } from '../../../ui/tone.ts'
import { isBehind } from './step-words.ts'

export interface AcceptanceRow {
  readonly step: Step
  readonly tone: Tone
  readonly word: string
}

const words: Readonly<Record<Step['state'], readonly [Tone, string]>> = {
  todo: ['none', 'Not looked at'],
  running: ['run', 'Looking'],
  done: ['good', 'Green'],
  failed: ['bad', 'Red'],
  skipped: ['warn', 'Excepted'],
  unknown: ['unknown', 'Not known'],
  takenBack: ['none', 'Taken back'],
  notNeeded: ['good', 'Not needed'],
}

/** The acceptance sheet: one row a step of that section. */
export function acceptanceRows({ list }: Pick<Run, 'list'>): readonly AcceptanceRow[] {
  return list
    .filter(({ section }) => section === 'accept')
    .map((step) => ({ step, tone: words[step.state][0], word: words[step.state][1] }))
}

const restored: ReadonlySet<Step['section']> = new Set(['before', 'safety', 'restore'])

/** Why the sheet cannot be signed now; null where it can. */
export function notSignedBecause({
  acceptance,
  state,
  list,
}: Pick<Run, 'acceptance' | 'state' | 'list'>): string | null {
  const { green, excepted, all, signedAt } = acceptance
  if (signedAt !== null) return 'It is signed.'
  if (state !== 'open') return 'The run is closed.'
  if (all === 0) return 'This runbook has no acceptance sheet.'
  const before = list.find((step) => restored.has(step.section) && !isBehind(step))
  if (before !== undefined) return `“${before.title}” comes first.`
  const missing = all - green - excepted
  if (missing <= 0) return null
  return missing === 1
    ? 'One row is neither green nor excepted.'
    : `${missing} rows are neither green nor excepted.`
}

/** The parts of the little meter, a cell a row, in the order of the sheet. */
export function meterOf(rows: readonly AcceptanceRow[]): readonly ('on' | 'excepted' | 'bad' | 'off')[] {
  return rows.map(({ tone }) =>
    tone === 'good' ? 'on' : tone === 'warn' ? 'excepted' : tone === 'bad' ? 'bad' : 'off',
  )
}
