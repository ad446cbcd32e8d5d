import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'
import { Settings } from './settings.tsx'

export const settingsRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: '/settings', component: Settings }),
] as const
