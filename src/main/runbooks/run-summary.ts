import type { RunSummary } from '../../shared/contract/runbooks.ts'
import type { RunHead } from '../ports/run-journal.ts'
import type { Runbook } from '../ports/runbook.ts'
import { isBehind, type StandingRun } from './step-standing.ts'

/** A run in a line of a list: nothing that has to be measured, estimated or told of each step. */
export function summaryOf(head: RunHead, { id, title }: Runbook, run: StandingRun): RunSummary {
  const { state, steps, current } = run
  const rows = steps.filter(({ step }) => step.section === 'accept').map(({ standing }) => standing)
  return {
    id: head.id,
    scenario: id,
    title,
    clusterId: head.clusterId,
    cluster: head.setting.cluster.name,
    startedAt: head.startedAt,
    startedBy: head.startedBy,
    holder: state.holder,
    state: state.closed?.outcome ?? 'open',
    endedAt: state.closed?.at ?? null,
    at: state.closed === null ? (current?.title ?? null) : null,
    done: steps.filter(({ standing }) => isBehind(standing)).length,
    steps: steps.length,
    acceptance: {
      green: rows.filter((row) => row.state === 'done' || row.state === 'notNeeded').length,
      excepted: rows.filter((row) => row.state === 'skipped').length,
      all: rows.length,
      signedAt: state.accepted?.at ?? null,
    },
  }
}
