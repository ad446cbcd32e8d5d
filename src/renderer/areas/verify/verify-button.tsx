import type { Cluster } from '../../../shared/contract/clusters.ts'
import { askWork } from '../../app/work-request.ts'
import { Button } from '../../ui/kit.ts'

interface Props {
  readonly cluster: Cluster
  readonly size?: 'xs' | 'sm'
  readonly variant?: 'default' | 'filled'
}

/** Opens the verification of a cluster's backups, which says its cost before it reads. */
export function VerifyButton({ cluster, size = 'sm', variant = 'default' }: Props) {
  return (
    <Button size={size} variant={variant} onClick={() => askWork({ kind: 'verify', clusterId: cluster.id })}>
      Verify…
    </Button>
  )
}
