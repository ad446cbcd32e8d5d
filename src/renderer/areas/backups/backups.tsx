import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useCluster } from '../cluster/use-cluster.ts'
import { BackupsScreen } from './backups-screen.tsx'
import type { BackupsSearch } from './search.ts'

const route = getRouteApi('/shell/clusters/$id/backups')

/** The list of backups at its address, with its filter, the open backup and the open tab. */
export function Backups() {
  const cluster = useCluster()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const onSearch = useCallback(
    (change: BackupsSearch) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  return (
    <BackupsScreen
      key={cluster.id}
      cluster={cluster}
      search={search}
      onSearch={onSearch}
      onMap={() => void navigate({ to: '/clusters/$id/chain', params: { id: cluster.id } })}
    />
  )
}
