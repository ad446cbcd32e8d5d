import { readPlanned } from '../engine/restore/read-planned.ts'
import { runRestore, type RestoreProgress, type RestoreResult } from '../engine/restore/run-restore.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import { exportReport } from './export-report.ts'
import type { BackupPlan } from './plan-backup.ts'

/** Runs a confirmed plan: the backup's stores are staged, swapped into the target and read back in their place. */
export async function runPlan(
  planned: BackupPlan,
  target: RestoreTarget,
  parts: {
    readonly clock: Clock
    readonly random: Random
    /** A job or run that comes back for it after a crash. */
    readonly askedBy?: string
    readonly signal: AbortSignal
    readonly onProgress: (progress: RestoreProgress) => void
    /** Put around the reading of each object: for whoever measures it. */
    readonly aroundReading?: (pieces: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>
  },
): Promise<RestoreResult> {
  const { plan, backup, tools } = planned
  const objects = new Map(plan.objects.map((object) => [object.key, object]))
  const entries = backup.stage((key) => {
    const object = objects.get(key)
    if (object === undefined) throw new Error('An object was asked for that the plan does not name.')
    const pieces = readPlanned(object, tools, parts.signal)
    return parts.aroundReading?.(pieces) ?? pieces
  }, plan.items)
  return runRestore(plan, entries, {
    target,
    ...parts,
    generate: (_name, staged) => exportReport(planned, staged, parts.clock.now()),
  })
}
