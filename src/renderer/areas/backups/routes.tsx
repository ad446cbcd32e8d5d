import { createRoute } from '@tanstack/react-router'
import { clusterRoute } from '../cluster/cluster-route.tsx'
import { Backups } from './backups.tsx'

export const backupsRoutes = [
  createRoute({ getParentRoute: () => clusterRoute, path: '/backups', component: Backups }),
] as const
