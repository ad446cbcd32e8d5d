import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../app/root-route.tsx'
import { RestoreWizard } from '../../wizards/restore.tsx'

export const restoreRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/clusters/$id/restore/$backupId',
    component: RestoreWizard,
  }),
] as const
