import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'

/** A fetch that connects to 127.0.0.1 or a socket whatever name the URL has, as a browser resolves names below localhost. */
export function localFetch(via: { readonly port: number } | { readonly socketPath: string }) {
  return async (input: Request | string, init: RequestInit = {}): Promise<Response> => {
    const asked = new Request(input, init)
    const url = new URL(asked.url)
    const body = Buffer.from(await asked.arrayBuffer())
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          ...('port' in via ? { host: '127.0.0.1', port: via.port } : via),
          path: `${url.pathname}${url.search}`,
          method: asked.method,
          headers: { host: url.host, ...Object.fromEntries(asked.headers) },
          agent: false,
          signal: asked.signal,
        },
        (answer) => {
          const headers = new Headers()
          for (const [name, value] of Object.entries(answer.headers)) headers.set(name, String(value))
          // Node's own types of a web stream and the platform's are the same thing under two names.
          const stream = Readable.toWeb(answer) as ReadableStream<Uint8Array<ArrayBuffer>>
          resolve(new Response(stream, { status: answer.statusCode ?? 0, headers }))
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }
}
