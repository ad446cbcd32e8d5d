import type { Job } from '../../../shared/contract/jobs.ts'
import type { Plan } from '../../../shared/contract/restore.ts'
import type { Check } from '../../../shared/contract/values.ts'
import { countOf, spanWords } from '../../../shared/domain/size-words.ts'
import type { Draft } from './draft.ts'
import { checksInWords } from './prepared.ts'

const titles = ['Choose', 'Check', 'Plan', 'Confirm', 'Run', 'Result'] as const
const places: Readonly<Record<Draft['step'], number>> = { choose: 0, check: 1, plan: 2, confirm: 3, run: 4 }

interface RailStep {
  readonly name: string
  readonly said?: string
  readonly state: 'done' | 'now' | 'next'
  readonly warn: boolean
}

interface Known {
  readonly checks: readonly Check[]
  readonly plan: Plan | null
  readonly job: Pick<Job, 'state'> | undefined
  /** Of the chosen backup: when it was made, for people. */
  readonly backup: string | null
  readonly needsReason: boolean
}

/** Where one is, and what was chosen on the way. */
export function railOf(draft: Draft, known: Known): readonly RailStep[] {
  const hasEnded = known.job !== undefined && !isActive(known.job.state)
  const now = places[draft.step] + (draft.step === 'run' && hasEnded ? 1 : 0)
  const said = [
    now > 0 ? known.backup : null,
    now > 0 ? (draft.said?.checks ?? (known.checks.length > 0 ? checksInWords(known.checks) : null)) : null,
    draft.said?.plan ?? (known.plan === null ? null : planWords(known.plan)),
    now === 3 ? (known.needsReason ? 'Reason and typed name' : 'Typed name') : null,
    null,
    known.job !== undefined && hasEnded ? endWords[known.job.state] : null,
  ]
  return titles.map((name, place) => ({
    name,
    state: place < now ? 'done' : place === now ? 'now' : 'next',
    warn: place === 1 && (draft.said?.isWarned ?? isWarned(known.checks)),
    ...(said[place] !== null && { said: said[place] }),
  }))
}

export function isActive(state: Job['state']): boolean {
  return state === 'running' || state === 'waiting'
}

/** What the rail keeps of the checks and the plan once they are confirmed. */
export function saidOf(checks: readonly Check[], plan: Plan): NonNullable<Draft['said']> {
  return { checks: checksInWords(checks), isWarned: isWarned(checks), plan: planWords(plan) }
}

function isWarned(checks: readonly Check[]): boolean {
  return checks.some(({ state }) => state === 'warning' || state === 'failed')
}

function planWords({ steps, estimateMs }: Plan): string {
  const count = countOf(steps.length, 'step')
  return estimateMs === null ? count : `${count}, about ${spanWords(estimateMs)}`
}

const endWords: Readonly<Record<Job['state'], string>> = {
  waiting: '',
  running: '',
  done: 'In place, read back',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
}
