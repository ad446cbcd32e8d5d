import type { Drill } from '../../shared/domain/drill.ts'
import { estimateRestore, type RestoreEstimate } from '../../shared/domain/restore-estimate.ts'
import type { RestorePlan } from '../../shared/domain/restore-plan.ts'

/** How long the run of a plan takes; the backup is proved then. Null where no drill tells. */
export function estimateOf(
  { objects, items }: Pick<RestorePlan, 'objects' | 'items'>,
  drills: readonly Drill[],
): RestoreEstimate | null {
  return estimateRestore(
    {
      proveBytes: 0,
      storedBytes: objects.reduce((sum, { version }) => sum + version.sizeBytes, 0),
      plainBytes: items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    },
    drills,
  )
}
