import { createRoute } from '@tanstack/react-router'
import { clusterRoute } from '../cluster/cluster-route.tsx'
import { Backups } from './backups.tsx'
import { backupsSearch } from './search.ts'

export const backupsRoutes = [
  createRoute({
    getParentRoute: () => clusterRoute,
    path: '/backups',
    validateSearch: backupsSearch,
    component: Backups,
  }),
] as const
