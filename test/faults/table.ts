import { markdownTable } from './markdown.ts'
import { steps, type Step } from './steps.ts'

/** `over SSH`: by the same commands, run on this machine without a login. */
export const places = ['on this machine', 'over SSH', 'over a real sshd'] as const
export type Place = (typeof places)[number]

/** One fault at one point of one job, and what became of it. */
export interface Outcome {
  readonly fault: string
  readonly place: Place
  readonly step: Step
  /** What stands in the end. */
  readonly end: 'old' | 'new' | 'between'
  /** `itself`: the run that met the fault left it so; `next`: the next run there, which finds what was cut short. */
  readonly by: 'itself' | 'next'
  /** The code of the error that the operator sees; `killed`: nobody was there to hear it; `none`: it went on. */
  readonly said: string
}

type Row = Pick<Outcome, 'fault' | 'place' | 'step'>

const restoring = steps.filter((step) => step !== 'go back')

/** Which faults are tried at which steps: what the committed table has to have rows for. */
export const expectedRows: readonly Row[] = [
  ...across('desktop killed', 'on this machine', steps),
  ...across('desktop killed', 'over a real sshd', steps),
  ...across('connection cut', 'over SSH', steps),
  ...across('connection cut', 'over a real sshd', steps),
  ...across('session killed', 'over a real sshd', steps),
  ...across('host rebooted', 'over SSH', steps),
  ...across('host rebooted', 'over a real sshd', steps),
  ...places.flatMap((place) => across('second operator', place, steps)),
  ...places.flatMap((place) => across('disk full', place, steps)),
  ...places.flatMap((place) =>
    across('wrong key', place, place === 'over SSH' ? ['stage'] : ['check', 'stage']),
  ),
  ...(['on this machine', 'over a real sshd'] as const).flatMap((place) =>
    ['S3 cut', 'object deleted meanwhile', 'damaged object'].flatMap((fault) =>
      across(fault, place, restoring),
    ),
  ),
]

function across(fault: string, place: Place, at: readonly Step[]): readonly Row[] {
  return at.map((step) => ({ fault, place, step }))
}

const columns = ['fault', 'where', 'step', 'tried', 'old state', 'new state', 'of these by the next run', 'between', 'said'] // prettier-ignore

export function restoreTable(outcomes: readonly Outcome[]): string {
  const rows = expectedRows.map((row) => {
    const here = outcomes.filter(
      ({ fault, place, step }) => fault === row.fault && place === row.place && step === row.step,
    )
    const count = (is: (outcome: Outcome) => boolean): string => String(here.filter(is).length)
    return [
      row.fault,
      row.place,
      row.step,
      String(here.length),
      count(({ end }) => end === 'old'),
      count(({ end }) => end === 'new'),
      count(({ by }) => by === 'next'),
      count(({ end }) => end === 'between'),
      [...new Set(here.map(({ said }) => said))].sort().join(', '),
    ]
  })
  return markdownTable(columns, rows)
}
