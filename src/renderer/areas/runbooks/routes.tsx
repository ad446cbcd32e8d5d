import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import * as z from 'zod'
import { rootRoute, shellRoute } from '../../app/root-route.tsx'

const recoverSearch = z.object({ cluster: z.string().max(64).optional().catch(undefined) })

export const runbookRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/runbooks',
    component: lazyRouteComponent(() => import('./runbooks.tsx'), 'Runbooks'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/runbooks/$runId',
    component: lazyRouteComponent(() => import('./run-screen.tsx'), 'RunScreen'),
  }),
] as const

/** It owns the window, as every wizard does. */
export const recoverRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/recover',
    component: lazyRouteComponent(() => import('./recover.tsx'), 'RecoverWizard'),
    validateSearch: recoverSearch,
  }),
] as const
