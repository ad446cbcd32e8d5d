import { markdownTable } from '../markdown.ts'
import { runbookFaults, type RunbookFault, type RunbookOutcome } from './faults.ts'

const onlyLooks = 'it has no action: it only looks'
const noHost =
  'it goes over gRPC and logs in to no host; a connection that breaks within a call is met in test/unit/main/systems/armada/live/restore.test.ts'

/** The runbooks that are tried, and for each the faults that cannot reach it, with the reason. */
const doesNotApply: Readonly<Record<string, Readonly<Partial<Record<RunbookFault, string>>>>> = {
  'KI-3': {},
  'CH-4, version 1': {},
  'CH-4, version 2': {},
  'CH-6, version 1': {},
  'KS-7': { 'S3 cut': 'no step of it reads a bucket: no backup of kiseki restores anything' },
  'AR-2': {
    'SSH cut': noHost,
    'host rebooted': noHost,
    'disk full': 'no byte of it is written to the disk of a host: the server writes its own',
  },
  'KD-2': {
    'S3 cut': 'Holdfast reads no object of it: pgBackRest reads its repository by itself, on its host',
  },
  'X-2': {
    'desktop killed before': onlyLooks,
    'desktop killed after': onlyLooks,
    'SSH cut': onlyLooks,
    'host rebooted': onlyLooks,
    'disk full': onlyLooks,
    'second operator': onlyLooks,
  },
}

export interface RunbookRow {
  readonly runbook: string
  readonly fault: RunbookFault
  /** Why the fault does not apply; null: it is tried. */
  readonly notBecause: string | null
}

/** Each runbook with each fault: what the committed table has to have rows for. */
export const expectedRunbookRows: readonly RunbookRow[] = Object.entries(doesNotApply).flatMap(
  ([runbook, reasons]) =>
    runbookFaults.map((fault) => ({ runbook, fault, notBecause: reasons[fault] ?? null })),
)

const columns = ['runbook', 'fault', 'steps', 'what the run says then', 'found done', 'found not done', 'sent twice', 'runs', 'old state', 'new state', 'between', 'could not go on at'] // prettier-ignore

/** `earlier`: cells of the table as it was; a row that is not tried now stays. */
export function runbookTable(
  outcomes: readonly RunbookOutcome[],
  earlier: readonly (readonly string[])[],
): string {
  const rows = expectedRunbookRows.map(({ runbook, fault, notBecause }) => {
    if (notBecause !== null)
      return [runbook, fault, '', `does not apply: ${notBecause}`, ...columns.slice(4).map(() => '')]
    const runs = outcomes.filter((each) => each.runbook === runbook && each.fault === fault)
    const was = earlier.find((row) => row[0] === runbook && row[1] === fault)
    if (runs.length === 0 && was !== undefined) return was
    const struck = runs.flatMap((each) => each.struck)
    const found = (state: readonly string[]): string =>
      String(struck.filter((each) => each.found !== null && state.includes(each.found)).length)
    const ended = (end: RunbookOutcome['end']): string =>
      String(runs.filter((each) => each.end === end).length)
    return [
      runbook,
      fault,
      String(struck.length),
      countsOf(struck.map(({ said }) => said)),
      found(['done']),
      found(['notYet', 'failed']),
      String(runs.reduce((sum, { sentTwice }) => sum + sentTwice, 0)),
      String(runs.length),
      ended('old'),
      ended('new'),
      ended('between'),
      [...new Set(runs.flatMap(({ stuckAt }) => (stuckAt === null ? [] : [stuckAt.split(' ')[0] ?? ''])))].join(', '), // prettier-ignore
    ]
  })
  return markdownTable(columns, rows)
}

/** `unknown 6, failed 1`. */
function countsOf(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, count]) => `${word} ${count}`).sort().join(', ') // prettier-ignore
}
