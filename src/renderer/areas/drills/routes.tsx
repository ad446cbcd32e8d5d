import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'

export const drillRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/drills',
    component: lazyRouteComponent(() => import('./drills.tsx'), 'Drills'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/drills/$id',
    component: lazyRouteComponent(() => import('./drills.tsx'), 'Drills'),
  }),
] as const
