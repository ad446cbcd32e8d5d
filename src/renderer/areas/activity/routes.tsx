import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'
import { AuditChain } from './audit-chain.tsx'
import { JobPage } from './job-page.tsx'
import { Jobs } from './jobs.tsx'

export const activityRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: '/activity/jobs', component: Jobs }),
  createRoute({ getParentRoute: () => shellRoute, path: '/activity/jobs/$id', component: JobPage }),
  createRoute({ getParentRoute: () => shellRoute, path: '/activity/audit', component: AuditChain }),
] as const
