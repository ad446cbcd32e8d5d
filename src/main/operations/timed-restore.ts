import { createStopWatch } from '../engine/drill/stop-watch.ts'
import type { RestoreProgress, RestoreResult } from '../engine/restore/run-restore.ts'
import type { DrillPhase } from '../../shared/domain/drill.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import type { BackupPlan } from './plan-backup.ts'
import { runPlan } from './run-plan.ts'

type Timed = 'read' | 'unpack' | 'place' | 'readBack'

const timedAs: Readonly<Record<RestoreProgress['phase'], Timed>> = {
  stage: 'unpack',
  sync: 'place',
  swap: 'place',
  verify: 'readBack',
}

/** Runs a plan as always, and tells how long each part of it took. `reached`: of what fails, how far it had come. */
export async function timedRestore(
  planned: BackupPlan,
  target: RestoreTarget,
  parts: {
    readonly clock: Clock
    readonly random: Random
    readonly signal: AbortSignal
    readonly reached: (phase: Timed) => void
    readonly onProgress: (doneBytes: number, totalBytes: number) => void
  },
): Promise<{ readonly result: RestoreResult; readonly phases: readonly DrillPhase[] }> {
  const watch = createStopWatch<Timed>(parts.clock)
  const turnTo = (phase: Timed): void => {
    watch.turnTo(phase)
    parts.reached(phase)
  }
  turnTo('unpack')
  let phase: Timed = 'unpack'
  const result = await runPlan(planned, target, {
    ...parts,
    aroundReading: (pieces) => watch.waitingFor('read', pieces),
    onProgress: (progress) => {
      const next = timedAs[progress.phase]
      if (next !== phase) turnTo((phase = next))
      parts.onProgress(progress.bytesDone, progress.bytesTotal)
    },
  })
  watch.stop()
  const storedBytes = planned.plan.objects.reduce((sum, { version }) => sum + version.sizeBytes, 0)
  const plainBytes = [...result.items.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const phases = (['read', 'unpack', 'place', 'readBack'] as const).map((name) => ({
    name,
    tookMs: watch.tookMs(name),
    bytes: name === 'read' ? storedBytes : plainBytes,
  }))
  return { result, phases }
}
