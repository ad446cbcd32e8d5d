import {
  createHashHistory,
  createRouter,
  type ErrorComponentProps,
  type RouterHistory,
} from '@tanstack/react-router'
import { activityRoutes } from '../areas/activity/routes.tsx'
import { addRoutes } from '../areas/add/routes.tsx'
import { backupsRoutes } from '../areas/backups/routes.tsx'
import { chainRoutes } from '../areas/chain/routes.tsx'
import { clusterRoute } from '../areas/cluster/cluster-route.tsx'
import { clusterRoutes } from '../areas/cluster/routes.tsx'
import { drillRoutes } from '../areas/drills/routes.tsx'
import { fleetRoutes } from '../areas/fleet/routes.tsx'
import { repositoriesRoutes } from '../areas/repositories/routes.tsx'
import { restoreRoutes } from '../areas/restore/routes.tsx'
import { recoverRoutes, runbookRoutes } from '../areas/runbooks/routes.tsx'
import { settingsRoutes } from '../areas/settings/routes.tsx'
import { failureOf } from '../lib/failure.ts'
import { ErrorPanel } from '../ui/error-panel.tsx'
import { frame } from '../ui/frame.tsx'
import { NotFound } from './not-found.tsx'
import { rootRoute, shellRoute } from './root-route.tsx'

/** Each area brings its routes; here they are only put together. */
const routeTree = rootRoute.addChildren([
  shellRoute.addChildren([
    ...fleetRoutes,
    ...addRoutes,
    ...repositoriesRoutes,
    ...runbookRoutes,
    ...drillRoutes,
    ...activityRoutes,
    ...settingsRoutes,
    clusterRoute.addChildren([...clusterRoutes, ...backupsRoutes, ...chainRoutes]),
  ]),
  ...restoreRoutes,
  ...recoverRoutes,
])

/** The path stands after "#": the page is served from one address in every shell. */
export function makeRouter(history: RouterHistory = createHashHistory()) {
  return createRouter({
    routeTree,
    history,
    defaultErrorComponent: PageError,
    // Without the bars, whatever of the address is right: it has its own way back.
    notFoundMode: 'root',
    defaultNotFoundComponent: NotFound,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}

/** A page that broke says so in the same words as everything else; the bars around it stay. */
function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <div className={frame.page}>
      <ErrorPanel title="This page cannot be shown." failure={failureOf(error)} onRetry={reset} />
    </div>
  )
}
