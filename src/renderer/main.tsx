import './ui/kit-styles.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { plainConnect } from './lib/plain-connect.ts'

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root element.')
createRoot(root).render(
  <StrictMode>
    <App client={plainConnect()} />
  </StrictMode>,
)
