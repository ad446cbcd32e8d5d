import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'
import { ClusterFrame } from './cluster-frame.tsx'

/** The frame with the tabs; areas hang their tabs under it. `id` is the cluster's. */
export const clusterRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/clusters/$id',
  component: ClusterFrame,
})
