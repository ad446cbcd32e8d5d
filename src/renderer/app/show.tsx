import '../ui/kit-styles.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Client } from '../lib/client-types.ts'
import { App } from './app.tsx'
import { NotConnected } from './not-connected.tsx'

/** Shows the application once the console is there, or says why it is not. */
export async function show(connecting: Promise<Client>): Promise<void> {
  const place = document.getElementById('root')
  if (place === null) throw new Error('The page has no #root element.')
  const root = createRoot(place)
  await connecting.then(
    (client) =>
      root.render(
        <StrictMode>
          <App client={client} />
        </StrictMode>,
      ),
    (error: unknown) => root.render(<NotConnected error={error} />),
  )
}
