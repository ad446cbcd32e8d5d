import { useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useDesk } from '../../lib/client.tsx'

/** The cluster of the address, for the tabs under its frame, which shows them only where there is one. */
export function useCluster(): Cluster {
  const cluster = useKnownCluster()
  if (cluster === undefined) throw new Error('This page stands under the frame of a cluster.')
  return cluster
}

export function useKnownCluster(): Cluster | undefined {
  const id = useParams({ strict: false, select: (params) => params.id })
  const { data } = useSuspenseQuery(useDesk().clusters.list.queryOptions())
  return data.find((cluster) => cluster.id === id)
}
