import { RouterProvider } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Client } from '../lib/client-types.ts'
import { Providers } from './providers.tsx'
import { makeRouter } from './router.tsx'

export function App({ client }: { readonly client: Client }) {
  const [router] = useState(makeRouter)
  useEffect(() => loadAllPages(router), [router])
  return (
    <Providers client={client}>
      <RouterProvider router={router} />
    </Providers>
  )
}

/** Loads every page once nothing else is to do: a window that loses its console must still show what it knows. */
function loadAllPages(router: ReturnType<typeof makeRouter>): () => void {
  const leaving = new AbortController()
  const load = async (): Promise<void> => {
    for (const route of Object.values(router.routesById)) {
      if (leaving.signal.aborted) return
      // One that cannot be loaded now is tried again when it is opened, and says so then.
      await Promise.resolve(router.loadRouteChunk(route)).catch(() => undefined)
    }
  }
  const idle = requestIdleCallback(() => void load(), { timeout: 5_000 })
  return () => {
    leaving.abort()
    cancelIdleCallback(idle)
  }
}
