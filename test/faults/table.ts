import { steps, type Step } from './steps.ts'

export const places = ['on this machine', 'over SSH'] as const
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

/** Which faults are tried at which steps: what the committed table has to have rows for. */
export const expectedRows: readonly Pick<Outcome, 'fault' | 'place' | 'step'>[] = [
  ...across('desktop killed', 'on this machine', steps),
  ...across('desktop killed', 'over SSH', steps),
  ...across('connection cut', 'over SSH', steps),
  ...across('host rebooted', 'over SSH', steps),
  ...across('second operator', 'on this machine', steps),
  ...across('second operator', 'over SSH', steps),
  ...places.flatMap((place) =>
    ['disk full', 'wrong key', 'damaged object', 'object deleted meanwhile'].flatMap((fault) =>
      across(fault, place, ['stage']),
    ),
  ),
]

function across(
  fault: string,
  place: Place,
  at: readonly Step[],
): readonly Pick<Outcome, 'fault' | 'place' | 'step'>[] {
  return at.map((step) => ({ fault, place, step }))
}

const columns = ['fault', 'where', 'step', 'tried', 'old state', 'new state', 'of these by the next run', 'between', 'said'] // prettier-ignore

/** The page, as Markdown. */
export function pageOf(outcomes: readonly Outcome[]): string {
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
  const cells = [columns, ...rows]
  const widths = columns.map((_, at) => Math.max(3, ...cells.map((row) => row[at]?.length ?? 0)))
  const lines = cells.map(
    (row) => `| ${widths.map((width, at) => (row[at] ?? '').padEnd(width)).join(' | ')} |`,
  )
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`)
  return `# Faults

What a restore or a rollback leaves behind when something goes wrong in its middle: exactly the state before it or exactly
the state after it, never one between. This page is written by \`node test/faults/main.ts\`, which causes each fault at the
points of each step and compares every byte of the target afterwards.

- *desktop killed*: the process ends at an operation and does nothing more. Over SSH it is a real SIGKILL of a real process
  that is logged in to a real sshd.
- *connection cut*: before a command of the host has begun, or after it has taken effect and before its answer is heard.
- *host rebooted*: every process on it is killed in the middle of a command, and the lock file is of an earlier boot.
- *second operator*: another run tries to begin at every operation, on the host itself and over the connection.
- *disk full*: of a file system of its own, while the files are written beside the live data.
- *wrong key*, *damaged object*, *object deleted meanwhile*: the source of the bytes ends so, at each entry.

What is *said* is the code of the error; *killed*: nobody was there to hear it; *none*: everything had been done and read
back, and the run says so.

*By the next run*: the run could not bring the target to an end itself, for it was dead or cut off; whoever restores, rolls
back or plans there next finds its journal and finishes or undoes it first, over SSH and on the host alike.

${lines.join('\n')}
`
}

/** The rows of a page, as their cells. */
export function rowsOf(page: string): readonly (readonly string[])[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .slice(1)
    .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim())) // prettier-ignore
}
