import { createORPCClient } from '@orpc/client'
import type { Client } from './client-types.ts'
import { browserLink, openSession } from './connect-browser.ts'
import { portLink } from './connect-electron.ts'
import { sessionOver } from './connect-loss.ts'

/** What the preload hands over, and nothing else. */
interface Bridge {
  readonly askForPort: () => void
}

declare global {
  interface Window {
    readonly holdfast?: Bridge
  }
}

/**
 * Connects this page to the console: over the port of the desktop window, else over HTTP with the token in the address,
 * which is taken out of it before anything else and works once. Throws a `HoldfastError` with a text for the operator:
 * `session.over` where the page has no token or an old one, `connection.lost` where nothing answers.
 */
export async function connect(): Promise<Client> {
  const token = takeToken()
  if (window.holdfast !== undefined) return createORPCClient(portLink(await askForPort(window.holdfast)))
  if (token === null) throw sessionOver()
  const browser = {
    origin: window.location.origin,
    fetch: async (request: Request) =>
      window.fetch(request, { credentials: 'omit', cache: 'no-store', redirect: 'error' }),
  }
  return createORPCClient(browserLink(await openSession(token, browser), browser))
}

/** The rest of the application keeps its own addresses in the fragment; a token is never among them. */
function takeToken(): string | null {
  const token = /^#token=([A-Za-z0-9_-]+)$/.exec(window.location.hash)?.[1] ?? null
  if (token !== null) window.history.replaceState(null, '', window.location.pathname)
  return token
}

async function askForPort(bridge: Bridge): Promise<MessagePort> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent<unknown>): void => {
      const port = event.ports[0]
      if (event.source !== window || event.origin !== window.location.origin) return
      if (event.data !== 'holdfast.port' || port === undefined) return
      window.removeEventListener('message', receive)
      resolve(port)
    }
    window.addEventListener('message', receive)
    bridge.askForPort()
  })
}
