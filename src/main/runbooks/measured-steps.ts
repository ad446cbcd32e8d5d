import { runStateOf } from '../../shared/domain/runbook-events.ts'
import type { JournalledRun, RunHead } from '../ports/run-journal.ts'

/** How long a step took in earlier runs of the same runbook on the same cluster, the oldest first. */
export function measuredMs(
  runs: readonly JournalledRun[],
  { id, scenario, clusterId }: Pick<RunHead, 'id' | 'scenario' | 'clusterId'>,
  step: string,
): readonly number[] {
  return runs
    .filter(({ head }) => head.id !== id && head.scenario === scenario && head.clusterId === clusterId)
    .flatMap(({ head, entries }) => {
      const progress = runStateOf(entries, { holder: head.startedBy, running: null }).steps.get(step)
      return progress?.state === 'done' && progress.endedAt !== null
        ? [Date.parse(progress.endedAt) - Date.parse(progress.at)]
        : []
    })
}
