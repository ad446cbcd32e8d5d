import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { canSnapshot } from '../../../shared/domain/cluster-health.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { Empty } from '../../ui/empty.tsx'
import { SnapshotButton } from '../masters/snapshot-button.tsx'

/** A place without a backup: an empty one, or one where something else lies, which is most likely the wrong one. */
export function NoBackups({ cluster }: { readonly cluster: Cluster }) {
  const action = canSnapshot(cluster) ? <SnapshotButton cluster={cluster} /> : undefined
  const { data: usage } = useQuery(
    useDesk().repositories.usage.queryOptions({ input: { id: cluster.repositoryId } }),
  )
  const lookedIn = ['Looked in', cluster.address] as const
  if (usage === undefined || usage.objects === 0) {
    return (
      <Empty
        reason="noBackups"
        title="There is no backup yet."
        facts={[lookedIn, ...(usage === undefined ? [] : [['Saw', 'no object at all'] as const])]}
        action={action}
      />
    )
  }
  return (
    <Empty
      reason="wrongPlace"
      title={`What lies here is no backup of ${cluster.system}.`}
      why="The folder of the address may be another one, or the backups may be of another system."
      facts={[
        lookedIn,
        [
          'Saw',
          <Link key="saw" to="/repositories/$id" params={{ id: cluster.repositoryId }}>
            {countOf(usage.objects, 'object')}
          </Link>,
        ],
      ]}
      action={action}
    />
  )
}
