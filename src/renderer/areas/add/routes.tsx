import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'

export const addRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/add',
    component: lazyRouteComponent(() => import('./add-cluster.tsx'), 'AddCluster'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/add/repository',
    component: lazyRouteComponent(() => import('./add-repository.tsx'), 'AddRepository'),
  }),
] as const
