import { RouterProvider } from '@tanstack/react-router'
import { useState } from 'react'
import type { Client } from '../lib/client-types.ts'
import { Providers } from './providers.tsx'
import { makeRouter } from './router.tsx'

export function App({ client }: { readonly client: Client }) {
  const [router] = useState(makeRouter)
  return (
    <Providers client={client}>
      <RouterProvider router={router} />
    </Providers>
  )
}
