import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../app/root-route.tsx'

export const restoreRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/clusters/$id/restore/$backupId',
    component: lazyRouteComponent(() => import('../../wizards/restore.tsx'), 'RestoreWizard'),
  }),
] as const
