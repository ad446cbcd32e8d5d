import { runStateOf } from '../../shared/domain/runbook-events.ts'
import type { JournalledRun, RunHead } from '../ports/run-journal.ts'

const newestRuns = 5

/** How long a step took in the newest earlier runs of the same runbook on the same cluster: their median; null: never measured. */
export function measuredMs(
  runs: readonly JournalledRun[],
  { id, scenario, clusterId }: Pick<RunHead, 'id' | 'scenario' | 'clusterId'>,
  step: string,
): number | null {
  const times = runs
    .filter(({ head }) => head.id !== id && head.scenario === scenario && head.clusterId === clusterId)
    .slice(-newestRuns)
    .flatMap(({ head, entries }) => {
      const progress = runStateOf(entries, { holder: head.startedBy, running: null }).steps.get(step)
      return progress?.state === 'done' && progress.endedAt !== null
        ? [Date.parse(progress.endedAt) - Date.parse(progress.at)]
        : []
    })
    .sort((a, b) => a - b)
  return times[Math.floor(times.length / 2)] ?? null
}
