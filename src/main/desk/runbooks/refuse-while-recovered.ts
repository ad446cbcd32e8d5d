import { HoldfastError } from '../../../shared/domain/error.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { RunbookRunner } from '../../ports/runbook-runner.ts'

/** While somebody recovers a cluster nothing else takes its disks and its links, and none of its backups is deleted. */
export function refuseWhileRecovered(
  cluster: Pick<SavedCluster, 'id' | 'name'>,
  { runbooks }: { readonly runbooks: Pick<RunbookRunner, 'openRunOf'> },
): void {
  const open = runbooks.openRunOf(cluster.id)
  if (open === null) return
  throw new HoldfastError('runbook.refused', {
    what: `${cluster.name} is being recovered: ${open.title}, begun ${open.startedAt} by ${open.startedBy}.`,
    why: 'Nothing else is done to it or its backups meanwhile.',
    unchanged: 'Nothing was changed.',
    next: `Finish or close that run first (${open.id}).`,
  })
}
