import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { canSnapshot } from '../../../shared/domain/cluster-health.ts'
import { askSnapshot } from '../../app/snapshot-request.ts'
import { useSingleKeys } from '../../lib/single-keys.ts'
import { VerifyDialog } from '../verify/verify-dialog.tsx'

/** The keys of every page of a cluster: `V` verifies, `B` takes a snapshot, `R` restores the chosen or the newest restorable backup, `M` shows the map. */
export function ClusterKeys({ cluster }: { readonly cluster: Cluster }) {
  const navigate = useNavigate()
  const chosen = useSearch({ strict: false, select: (search) => search.backup })
  const [isVerifying, setVerifying] = useState(false)
  const backupId = chosen ?? cluster.look?.newestRestorable?.backupId
  const verify = (): void => setVerifying(true)
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
  if (!isVerifying) return null
  return (
    <VerifyDialog
      cluster={cluster}
      backups={cluster.look?.backups ?? 0}
      these={null}
      onClose={() => setVerifying(false)}
      onStarted={(id) => void navigate({ to: '/activity/jobs/$id', params: { id } })}
    />
  )
}
