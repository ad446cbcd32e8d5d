import { createRootRoute, createRoute } from '@tanstack/react-router'
import { Shell } from './shell.tsx'
import { Window } from './window.tsx'

/** Under it stands what owns the window whole: a wizard. */
export const rootRoute = createRootRoute({ component: Window })

/** Under it stands every page with the bars around it. */
export const shellRoute = createRoute({ getParentRoute: () => rootRoute, id: 'shell', component: Shell })
