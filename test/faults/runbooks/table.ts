import { markdownTable } from '../markdown.ts'
import type { RunbookFault, RunbookOutcome } from './faults.ts'

/** Which faults each runbook meets: what the committed table has to have rows for. */
export const expectedRunbookRows: readonly { readonly runbook: string; readonly fault: RunbookFault }[] = [
  ...across('KI-3', [
    'desktop killed before',
    'desktop killed after',
    'SSH cut',
    'S3 cut',
    'second operator',
  ]),
  ...['CH-4, version 1', 'CH-4, version 2', 'KS-7'].flatMap(
    (runbook) =>
    across(runbook, ['desktop killed before', 'desktop killed after', 'SSH cut', 'host rebooted', 'disk full', 'second operator']), // prettier-ignore
  ),
  ...across('AR-2', ['desktop killed before', 'desktop killed after', 'second operator']),
  ...across('X-2', ['S3 cut']),
]

function across(runbook: string, faults: readonly RunbookFault[]) {
  return faults.map((fault) => ({ runbook, fault }))
}

const columns = ['runbook', 'fault', 'steps', 'what the run says then', 'found done', 'found not done', 'sent twice', 'runs', 'old state', 'new state', 'between', 'could not go on at'] // prettier-ignore

export function runbookTable(outcomes: readonly RunbookOutcome[]): string {
  const rows = expectedRunbookRows.map(({ runbook, fault }) => {
    const runs = outcomes.filter((each) => each.runbook === runbook && each.fault === fault)
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
