import { createRoute } from '@tanstack/react-router'
import { clusterRoute } from '../cluster/cluster-route.tsx'
import { ChainMap } from './chain-map.tsx'
import { chainSearch } from './search.ts'

export const chainRoutes = [
  createRoute({
    getParentRoute: () => clusterRoute,
    path: '/chain',
    validateSearch: chainSearch,
    component: ChainMap,
  }),
] as const
