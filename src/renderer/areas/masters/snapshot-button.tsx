import type { Cluster } from '../../../shared/contract/clusters.ts'
import { canSnapshot } from '../../../shared/domain/cluster-health.ts'
import { askSnapshot } from '../../app/snapshot-request.ts'
import { Button } from '../../ui/kit.ts'

/** Opens the question which snapshot; nothing where the masters cannot be asked for one. */
export function SnapshotButton({
  cluster,
  size = 'sm',
}: {
  readonly cluster: Cluster
  readonly size?: 'xs' | 'sm'
}) {
  if (!canSnapshot(cluster)) return null
  return (
    <Button size={size} onClick={() => askSnapshot(cluster.id)}>
      Take a snapshot…
    </Button>
  )
}
