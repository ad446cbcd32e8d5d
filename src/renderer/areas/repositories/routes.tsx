import { createRoute } from '@tanstack/react-router'
import { shellRoute } from '../../app/root-route.tsx'
import { Repositories } from './repositories.tsx'
import { Repository } from './repository.tsx'

export const repositoriesRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: '/repositories', component: Repositories }),
  createRoute({ getParentRoute: () => shellRoute, path: '/repositories/$id', component: Repository }),
] as const
