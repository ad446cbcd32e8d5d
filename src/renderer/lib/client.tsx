import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { createContext, use, useMemo, type ReactNode } from 'react'
import type { Client, Desk } from './client-types.ts'

interface Connection {
  readonly client: Client
  readonly desk: Desk
}

const ConnectionContext = createContext<Connection | null>(null)

export function ClientProvider({
  client,
  children,
}: {
  readonly client: Client
  readonly children: ReactNode
}) {
  const connection = useMemo(() => ({ client, desk: createTanstackQueryUtils(client) }), [client])
  return <ConnectionContext value={connection}>{children}</ConnectionContext>
}

function useConnection(): Connection {
  const connection = use(ConnectionContext)
  if (connection === null) throw new Error('There is no ClientProvider above.')
  return connection
}

/** `useQuery(desk.clusters.list.queryOptions())`, `useMutation(desk.vault.add.mutationOptions())`. */
export function useDesk(): Desk {
  return useConnection().desk
}

/** The procedures themselves: for streams, which `live.ts` consumes. */
export function useClient(): Client {
  return useConnection().client
}
