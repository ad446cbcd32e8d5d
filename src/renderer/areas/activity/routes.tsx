import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import * as z from 'zod'
import { shellRoute } from '../../app/root-route.tsx'

const auditSearch = z.object({ find: z.string().max(200).optional().catch(undefined) })

export const activityRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/activity/jobs',
    component: lazyRouteComponent(() => import('./jobs.tsx'), 'Jobs'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/activity/jobs/$id',
    component: lazyRouteComponent(() => import('./jobs.tsx'), 'Jobs'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/activity/audit',
    component: lazyRouteComponent(() => import('./audit-chain.tsx'), 'AuditChain'),
    validateSearch: auditSearch,
  }),
] as const
