import { createRoute, redirect } from '@tanstack/react-router'
import { ClusterActivity } from './activity.tsx'
import { clusterRoute } from './cluster-route.tsx'
import { Connection } from './connection.tsx'
import { Schedule } from '../schedule/schedule.tsx'
import { Overview } from './overview.tsx'

export const clusterRoutes = [
  createRoute({
    getParentRoute: () => clusterRoute,
    path: '/',
    beforeLoad: ({ params }) =>
      redirect({ to: '/clusters/$id/overview', params, replace: true, throw: true }),
  }),
  createRoute({ getParentRoute: () => clusterRoute, path: '/overview', component: Overview }),
  createRoute({ getParentRoute: () => clusterRoute, path: '/schedule', component: Schedule }),
  createRoute({ getParentRoute: () => clusterRoute, path: '/connection', component: Connection }),
  createRoute({ getParentRoute: () => clusterRoute, path: '/activity', component: ClusterActivity }),
] as const
