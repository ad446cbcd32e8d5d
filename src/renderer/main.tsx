import './ui/kit-styles.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { NotConnected } from './app/not-connected.tsx'
import { connect } from './lib/connect.ts'

const place = document.getElementById('root')
if (place === null) throw new Error('The page has no #root element.')
const root = createRoot(place)
connect().then(
  (client) =>
    root.render(
      <StrictMode>
        <App client={client} />
      </StrictMode>,
    ),
  (error: unknown) => root.render(<NotConnected error={error} />),
)
