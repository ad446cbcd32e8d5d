import { RPCLink } from '@orpc/client/fetch'
import * as z from 'zod'
import { connectionLost, linkRefused, tellLoss } from './connect-loss.ts'

interface Browser {
  readonly origin: string
  readonly fetch: (request: Request) => Promise<Response>
}

const opened = z.object({ json: z.object({ bearer: z.string() }) })

const lost = (): Error =>
  connectionLost('Look at the terminal where Holdfast runs; start it again if it ended.')

/** Swaps the token of a link for a bearer. It exists in this page's memory alone and is gone when the page is. */
export async function openSession(token: string, { origin, fetch }: Browser): Promise<string> {
  const answer = await fetch(
    new Request(new URL('/session', origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json: { token } }),
    }),
  ).catch(() => {
    throw lost()
  })
  if (answer.status === 400 || answer.status === 401) throw linkRefused()
  const body = answer.ok ? opened.safeParse(await answer.json()) : null
  if (body?.success !== true) throw lost()
  return body.data.json.bearer
}

/** Calls over HTTP, streams included; each call is a request of its own. */
export function browserLink(bearer: string, { origin, fetch }: Browser) {
  return new RPCLink({
    url: new URL('/rpc', origin),
    headers: { authorization: `Bearer ${bearer}` },
    fetch: (request) => fetch(request),
    interceptors: [tellLoss({ lost })],
  })
}
