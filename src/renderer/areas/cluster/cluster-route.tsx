import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'

/** The frame with the tabs; areas hang their tabs under it. `id` is the cluster's. */
export const clusterRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/clusters/$id',
  component: lazyRouteComponent(() => import('./cluster-frame.tsx'), 'ClusterFrame'),
})
