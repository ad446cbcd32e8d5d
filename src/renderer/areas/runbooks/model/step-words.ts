import type { Step } from '../../../../shared/contract/runbooks.ts'
import { spanWords, targetWords } from '../../../../shared/domain/size-words.ts'
import type { Tone } from '../../../ui/tone.ts'

const tones: Readonly<Record<Step['state'], Tone>> = {
  todo: 'none',
  running: 'run',
  done: 'good',
  failed: 'bad',
  skipped: 'warn',
  unknown: 'unknown',
  takenBack: 'none',
  notNeeded: 'notProvable',
}

export function stepTone(state: Step['state']): Tone {
  return tones[state]
}

const words: Readonly<Record<Step['state'], string>> = {
  todo: 'Not begun',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  skipped: 'Passed over',
  unknown: 'Nobody knows what came of it',
  takenBack: 'Taken back',
  notNeeded: 'Not needed',
}

/** What the shape beside a step says. */
export function stepWord(state: Step['state']): string {
  return words[state]
}

/** Behind a run: it needs nothing more. */
export function isBehind({ state }: Pick<Step, 'state'>): boolean {
  return state === 'done' || state === 'skipped' || state === 'notNeeded'
}

/** How it is taken back, or that it is not. */
export function undoWords({ undo, damage }: Pick<Step, 'undo' | 'damage'>): string {
  return undo ?? (damage === 3 ? 'It cannot be taken back.' : 'Nothing to take back.')
}

const sources = {
  measured: 'measured in earlier runs on this cluster',
  documented: 'by the system’s documents',
  assumed: 'assumed: never measured here',
} as const

/** Where a time comes from that is told in advance; null where none is. */
export function expectedWhy({ expectedFrom }: Pick<Step, 'expectedFrom'>): string | null {
  return expectedFrom === null ? null : sources[expectedFrom]
}

/** How long it took, takes or will take; empty where nobody knows. */
export function timeWords(
  step: Pick<Step, 'state' | 'startedAt' | 'endedAt' | 'expectedMs' | 'atMostMs'>,
  nowMs: number,
): string {
  const { state, startedAt, endedAt, expectedMs, atMostMs } = step
  if (state === 'notNeeded' || state === 'skipped') return ''
  if (state === 'running' && startedAt !== null) {
    const ran = spanWords(Math.max(0, nowMs - Date.parse(startedAt)))
    if (atMostMs !== null) return `${ran} of at most ${targetWords(atMostMs)}`
    return expectedMs === null ? ran : `${ran} of ${about(expectedMs)}`
  }
  if (state === 'todo' || state === 'takenBack') {
    if (expectedMs !== null) return about(expectedMs)
    return atMostMs === null ? '' : `at most ${targetWords(atMostMs)}`
  }
  if (startedAt === null || endedAt === null) return ''
  const tookMs = Date.parse(endedAt) - Date.parse(startedAt)
  return tookMs < 1_000 ? 'under 1\u00a0s' : spanWords(tookMs)
}

function about(expectedMs: number): string {
  return `about ${targetWords(Math.max(1_000, expectedMs))}`
}

export interface NumberedStep {
  readonly number: number
  readonly step: Step
}

export interface StepSection {
  readonly section: Step['section']
  readonly steps: readonly NumberedStep[]
}

/** The steps under their headings, numbered through, in the order in which they are gone. */
export function sectionsOf(list: readonly Step[]): readonly StepSection[] {
  const sections: { section: Step['section']; steps: NumberedStep[] }[] = []
  list.forEach((step, place) => {
    const last = sections.at(-1)
    const numbered = { number: place + 1, step }
    if (last?.section === step.section) last.steps.push(numbered)
    else sections.push({ section: step.section, steps: [numbered] })
  })
  return sections
}

/** Steps in a row that are not needed are one part, any other step is one of its own: what is to be done stands out. */
export function partsOf(
  steps: readonly NumberedStep[],
): readonly (readonly [NumberedStep, ...NumberedStep[]])[] {
  const parts: [NumberedStep, ...NumberedStep[]][] = []
  for (const each of steps) {
    const last = parts.at(-1)
    const isMore = each.step.state === 'notNeeded' && last?.[0].step.state === 'notNeeded'
    if (isMore) last.push(each)
    else parts.push([each])
  }
  return parts
}
