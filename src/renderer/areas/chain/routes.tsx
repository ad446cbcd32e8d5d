import { createRoute } from '@tanstack/react-router'
import { clusterRoute } from '../cluster/cluster-route.tsx'
import { ChainMap } from './chain-map.tsx'

export const chainRoutes = [
  createRoute({ getParentRoute: () => clusterRoute, path: '/chain', component: ChainMap }),
] as const
