import { useMutation } from '@tanstack/react-query'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useClient } from '../../lib/client.tsx'
import { drain } from '../../lib/live.ts'

type Seen = Pick<Cluster, 'id' | 'masters'>

interface Look {
  readonly begin: () => void
  readonly isPending: boolean
}

/** Asks the masters and the repository of a cluster now; the questions are answered from what they said last. */
export function useLook(cluster: Seen | null, onSeen: () => void): Look {
  const client = useClient()
  const look = useMutation({
    mutationFn: async ({ id, masters }: Seen) =>
      // That one of them fails is an answer, too; how the masters are is told by the cluster itself.
      Promise.allSettled([
        client.clusters.refresh({ id }),
        ...(masters.state === 'none' ? [] : [client.masters.probe({ id }).then(drain)]),
      ]),
    onSettled: onSeen,
  })
  return {
    begin: () => {
      if (cluster !== null && !look.isPending) look.mutate(cluster)
    },
    isPending: look.isPending,
  }
}
