import { createRoute } from '@tanstack/react-router'
import * as z from 'zod'
import { shellRoute } from '../../app/root-route.tsx'
import { AuditChain } from './audit-chain.tsx'
import { Jobs } from './jobs.tsx'

const auditSearch = z.object({ find: z.string().max(200).optional().catch(undefined) })

export const activityRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: '/activity/jobs', component: Jobs }),
  createRoute({ getParentRoute: () => shellRoute, path: '/activity/jobs/$id', component: Jobs }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/activity/audit',
    component: AuditChain,
    validateSearch: auditSearch,
  }),
] as const
