import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'
import { Repositories } from './repositories.tsx'
import { Repository } from './repository.tsx'
import { repositorySearch } from './search.ts'

export const repositoriesRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: '/repositories', component: Repositories }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/repositories/$id',
    validateSearch: repositorySearch,
    component: Repository,
  }),
] as const
