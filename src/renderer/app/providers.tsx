import { MutationCache, QueryCache, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { Client } from '../lib/client-types.ts'
import { ClientProvider, useDesk } from '../lib/client.tsx'
import { failureOf } from '../lib/failure.ts'
import { KitProvider } from '../ui/kit-provider.tsx'
import { askUnlock } from './unlock-request.ts'

/** What the window knows of the console is in one cache; `live.ts` says when to ask again. */
function makeQueryClient(): QueryClient {
  const notice = (error: unknown): void => {
    if (failureOf(error).code === 'vault.locked') askUnlock()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError: notice }),
    mutationCache: new MutationCache({ onError: notice }),
    defaultOptions: {
      queries: { staleTime: Infinity, retry: false, refetchOnWindowFocus: false, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

interface Props {
  readonly client: Client
  readonly children: ReactNode
}

export function Providers({ client, children }: Props) {
  const [queries] = useState(makeQueryClient)
  return (
    <QueryClientProvider client={queries}>
      <ClientProvider client={client}>
        <Looks>{children}</Looks>
      </ClientProvider>
    </QueryClientProvider>
  )
}

/** Theme and contrast are settings of the console, so that they are the same in every window. */
function Looks({ children }: { readonly children: ReactNode }) {
  const { data } = useQuery(useDesk().settings.get.queryOptions())
  return (
    <KitProvider scheme={data?.theme ?? 'system'} contrast={data?.contrast ?? 'system'}>
      {children}
    </KitProvider>
  )
}
