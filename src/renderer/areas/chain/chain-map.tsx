import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useCluster } from '../cluster/use-cluster.ts'
import { ChainScreen } from './chain-screen.tsx'
import type { ChainSearch } from './search.ts'

const route = getRouteApi('/shell/clusters/$id/chain')

/** The chain map at its address: what is chosen stands there, so that it can be sent to somebody. */
export function ChainMap() {
  const cluster = useCluster()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { id } = cluster
  const onSearch = useCallback(
    (change: ChainSearch) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  const onOpenBackup = useCallback(
    (backup: string) => void navigate({ to: '/clusters/$id/backups', params: { id }, search: { backup } }),
    [navigate, id],
  )
  return (
    <ChainScreen key={id} cluster={cluster} search={search} onSearch={onSearch} onOpenBackup={onOpenBackup} />
  )
}
