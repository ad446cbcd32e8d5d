import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { clusterRoute } from '../cluster/cluster-route.tsx'
import { chainSearch } from './search.ts'

export const chainRoutes = [
  createRoute({
    getParentRoute: () => clusterRoute,
    path: '/chain',
    validateSearch: chainSearch,
    component: lazyRouteComponent(() => import('./chain-map.tsx'), 'ChainMap'),
  }),
] as const
