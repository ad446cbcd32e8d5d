import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { canSnapshot } from '../../../shared/domain/cluster-health.ts'
import { askSnapshot } from '../../app/snapshot-request.ts'
import { askWork } from '../../app/work-request.ts'
import { useSingleKeys } from '../../lib/single-keys.ts'

/** The keys of every page of a cluster: `V` verifies, `B` takes a snapshot, `R` restores the chosen or the newest restorable backup, `M` shows the map. */
export function ClusterKeys({ cluster }: { readonly cluster: Cluster }) {
  const navigate = useNavigate()
  const chosen = useSearch({ strict: false, select: (search) => search.backup })
  const backupId = chosen ?? cluster.look?.newestRestorable?.backupId
  const verify = (): void => askWork({ kind: 'verify', clusterId: cluster.id })
  const restore =
    backupId !== undefined
      ? () =>
          void navigate({
            to: '/clusters/$id/restore/$backupId',
            params: { id: cluster.id, backupId },
          })
      : undefined
  const map = (): void => void navigate({ to: '/clusters/$id/chain', params: { id: cluster.id } })
  const snapshot = canSnapshot(cluster) ? () => askSnapshot(cluster.id) : undefined
  useSingleKeys({ b: snapshot, B: snapshot, v: verify, V: verify, r: restore, R: restore, m: map, M: map })
  return null
}
