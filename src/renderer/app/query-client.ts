import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { failureOf } from '../lib/failure.ts'
import { askUnlock } from './unlock-request.ts'

/** What the window knows of the console is in one cache; `live.ts` says when to ask again. */
export function makeQueryClient(): QueryClient {
  const notice = (error: unknown): void => {
    if (failureOf(error).code === 'vault.locked') askUnlock()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError: notice }),
    mutationCache: new MutationCache({ onError: notice }),
    defaultOptions: {
      queries: { staleTime: Infinity, retry: false, refetchOnWindowFocus: false, networkMode: 'always' },
      // What a form has sent is forgotten with the form, and not five minutes later: it may be a secret.
      mutations: { gcTime: 0, retry: false, networkMode: 'always' },
    },
  })
}
