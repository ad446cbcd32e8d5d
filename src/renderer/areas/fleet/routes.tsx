import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'
import { Fleet } from './fleet.tsx'

export const fleetRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: '/', component: Fleet }),
] as const
