import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { Client } from './client.tsx'

/** To a router that is served beside the page. */
export function plainConnect(): Client {
  return createORPCClient(new RPCLink({ url: new URL('/rpc', window.location.href) }))
}
