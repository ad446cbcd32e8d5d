import { QueryClientProvider, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { Client } from '../lib/client-types.ts'
import { ClientProvider, useDesk } from '../lib/client.tsx'
import { KitProvider } from '../ui/kit-provider.tsx'
import { makeQueryClient } from './query-client.ts'

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
