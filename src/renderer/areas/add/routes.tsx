import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'
import { AddCluster } from './add-cluster.tsx'

export const addRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: '/add', component: AddCluster }),
] as const
