import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { clusterRoute } from '../cluster/cluster-route.tsx'
import { backupsSearch } from './search.ts'

export const backupsRoutes = [
  createRoute({
    getParentRoute: () => clusterRoute,
    path: '/backups',
    validateSearch: backupsSearch,
    component: lazyRouteComponent(() => import('./backups.tsx'), 'Backups'),
  }),
] as const
