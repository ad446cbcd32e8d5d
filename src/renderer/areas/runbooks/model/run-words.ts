import type { Run, RunSummary } from '../../../../shared/contract/runbooks.ts'
import { countOf, countWords } from '../../../../shared/domain/size-words.ts'
import type { Tone } from '../../../ui/tone.ts'

/** "Recover chango-core: no master is alive"; the runbook's own title begins with a capital. */
export function runTitle({ cluster, title }: Pick<RunSummary, 'cluster' | 'title'>): string {
  const [first = '', second = ''] = title
  // An abbreviation or a name keeps its capitals.
  const rest = second === second.toLowerCase() ? first.toLowerCase() + title.slice(1) : title
  return `Recover ${cluster}: ${rest}`
}

export interface Gate {
  readonly isOpen: boolean
  readonly lead: string
  readonly says: string
}

/** What stands between the run and the users; null where nothing does: no sheet, or the run was given up. */
export function gateOf({ acceptance, state }: Pick<RunSummary, 'acceptance' | 'state'>): Gate | null {
  const { green, excepted, all, signedAt } = acceptance
  if (all === 0) return null
  if (signedAt !== null) {
    const except = excepted === 0 ? '' : `, ${countWords(excepted)} excepted`
    return {
      isOpen: true,
      lead: 'Open to users.',
      says: `The acceptance sheet is signed: ${rowsWords(green, all)}${except}.`,
    }
  }
  const lead = 'Not open to users yet.'
  if (state === 'abandoned') {
    return { isOpen: false, lead, says: `The run was given up with ${rowsWords(green, all)}.` }
  }
  if (green + excepted >= all) {
    return {
      isOpen: false,
      lead,
      says: 'Every acceptance row is green or excepted: the sheet can be signed.',
    }
  }
  const except = excepted === 0 ? '' : `, ${countWords(excepted)} excepted`
  return {
    isOpen: false,
    lead,
    says: `${rowsWords(green, all)}${except}; the sheet is signed when all ${countWords(all)} are green or excepted.`,
  }
}

function rowsWords(green: number, all: number): string {
  return `${countWords(green)} of ${countOf(all, 'acceptance row')} ${green === 1 ? 'is' : 'are'} green`
}

/** `2 of 9`, for tables; a dash where there is no sheet. */
export function acceptanceWords({ green, excepted, all, signedAt }: RunSummary['acceptance']): string {
  if (all === 0) return 'no sheet'
  const except = excepted === 0 ? '' : `, ${excepted} excepted`
  return `${green} of ${all}${except}${signedAt === null ? '' : ', signed'}`
}

export function outcomeOf({ state, acceptance }: Pick<RunSummary, 'state' | 'acceptance'>): {
  readonly tone: Tone
  readonly word: string
} {
  if (state === 'open') return { tone: 'run', word: 'Open' }
  if (state === 'abandoned') return { tone: 'warn', word: 'Given up' }
  if (acceptance.all > 0 && acceptance.signedAt === null)
    return { tone: 'unknown', word: 'Finished, not signed' }
  return { tone: 'good', word: 'Finished' }
}

/** Newest first; the open ones apart. */
export function splitRuns(runs: readonly RunSummary[]): {
  readonly open: readonly RunSummary[]
  readonly closed: readonly RunSummary[]
} {
  const newest = runs.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
  return {
    open: newest.filter(({ state }) => state === 'open'),
    closed: newest.filter(({ state }) => state !== 'open'),
  }
}

export interface EvidenceEntry {
  readonly step: string
  readonly number: number
  readonly name: string
  readonly value: string
  readonly at: string | null
  readonly by: string | null
}

/** All that was found and kept, newest first; within a step as it was told. */
export function evidenceOf({ list }: Pick<Run, 'list'>): readonly EvidenceEntry[] {
  return list
    .map((step, place) => ({ step, number: place + 1 }))
    .filter(({ step }) => step.evidence.length > 0)
    .toSorted((a, b) => timeOf(b.step.endedAt) - timeOf(a.step.endedAt) || b.number - a.number)
    .flatMap(({ step, number }) =>
      step.evidence.map(({ name, value }) => ({
        step: step.title,
        number,
        name,
        value,
        at: step.endedAt,
        by: step.by,
      })),
    )
}

function timeOf(at: string | null): number {
  return at === null ? 0 : Date.parse(at)
}

export interface Deed {
  readonly number: number
  readonly step: Run['list'][number]
}

/** "Where were we": the last steps that somebody went, oldest first. */
export function lastDeeds({ list }: Pick<Run, 'list'>, most = 3): readonly Deed[] {
  return list
    .map((step, place) => ({ number: place + 1, step }))
    .filter(({ step }) => step.startedAt !== null)
    .toSorted((a, b) => timeOf(a.step.startedAt) - timeOf(b.step.startedAt))
    .slice(-most)
}
