import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'
import { repositorySearch } from './search.ts'

export const repositoriesRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/repositories',
    component: lazyRouteComponent(() => import('./repositories.tsx'), 'Repositories'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/repositories/$id',
    validateSearch: repositorySearch,
    component: lazyRouteComponent(() => import('./repository.tsx'), 'Repository'),
  }),
] as const
