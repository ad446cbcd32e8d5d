import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { clusterRoute } from './cluster-route.tsx'

export const clusterRoutes = [
  createRoute({
    getParentRoute: () => clusterRoute,
    path: '/',
    beforeLoad: ({ params }) =>
      redirect({ to: '/clusters/$id/overview', params, replace: true, throw: true }),
  }),
  createRoute({
    getParentRoute: () => clusterRoute,
    path: '/overview',
    component: lazyRouteComponent(() => import('./overview.tsx'), 'Overview'),
  }),
  createRoute({
    getParentRoute: () => clusterRoute,
    path: '/schedule',
    component: lazyRouteComponent(() => import('../schedule/schedule.tsx'), 'Schedule'),
  }),
  createRoute({
    getParentRoute: () => clusterRoute,
    path: '/connection',
    component: lazyRouteComponent(() => import('./connection.tsx'), 'Connection'),
  }),
  createRoute({
    getParentRoute: () => clusterRoute,
    path: '/activity',
    component: lazyRouteComponent(() => import('./activity.tsx'), 'ClusterActivity'),
  }),
] as const
