import { createORPCClient } from '@orpc/client'
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract'
import { createRouterClient, type Router } from '@orpc/server'
import { MessageChannel } from 'node:worker_threads'
import { carryCalls } from '../../../src/main/electron/carry-calls.ts'
import { browserLink, openSession } from '../../../src/renderer/lib/connect-browser.ts'
import { portLink } from '../../../src/renderer/lib/connect-electron.ts'
import type { CallContext } from '../../../src/main/ports/call-context.ts'
import { memoryLog, type MemoryLog } from '../../fakes/memory-log.ts'
import { localFetch } from '../../integration/web/node-fetch.ts'
import { serveSmall } from '../../integration/web/served.ts'
import { makeSmallRouter, type Seen, type smallContract } from './small-router.ts'

export interface Carried extends AsyncDisposable {
  readonly client: ContractRouterClient<typeof smallContract>
  /** By path, where the types know no such procedure. */
  readonly callUnknown: (path: readonly string[]) => Promise<unknown>
  readonly seen: Seen
  readonly log: MemoryLog
  /** Ends the connection from the side of the router. */
  readonly lose: () => Promise<void>
  /**
   * Sends what stands for the body of a call to `values.echo`, as it is. Gives what came back as text, or null where the
   * connection was ended for it.
   */
  readonly sendBody: ((body: string) => Promise<string | null>) | null
  /** All that crossed to the caller, as text. */
  readonly crossed: () => string
}

export const transports: Readonly<Record<string, () => Promise<Carried>>> = Object.fromEntries(
  Object.entries(ways()).map(([name, carry]) => [
    name,
    async () => {
      const { router, seen } = makeSmallRouter()
      return { ...(await carry<typeof smallContract>(router, memoryLog())), seen }
    },
  ]),
)

/** What a way of calling gives, whatever the router behind it is. */
interface Way<C extends AnyContractRouter> extends Omit<Carried, 'client' | 'seen'> {
  readonly client: ContractRouterClient<C>
}

type Carry = <C extends AnyContractRouter>(router: Router<C, CallContext>, log: MemoryLog) => Promise<Way<C>>

/** The three ways in which a shell calls a router, with the shells' own code on both ends. */
export function ways(): Readonly<Record<string, Carry>> {
  return {
    'a message port (Electron)': carryOverPort,
    'loopback HTTP (browser)': carryOverHttp,
    'this process (command line)': carryInProcess,
  }
}

async function carryOverPort<C extends AnyContractRouter>(
  router: Router<C, CallContext>,
  log: MemoryLog,
): Promise<Way<C>> {
  const frames: string[] = []
  const { port1: main, port2: page } = new MessageChannel()
  page.on('message', (frame: unknown) => frames.push(String(frame)))
  carryCalls(
    {
      // Electron hands its listeners an event; Node's port hands them the message.
      on: (event, listener) =>
        event === 'message'
          ? main.on('message', (data: unknown) => listener({ data }))
          : main.on('close', () => listener({ data: undefined })),
      postMessage: (message) => main.postMessage(message),
      start: () => main.start(),
      close: () => main.close(),
    },
    { router, log },
  )
  const link = portLink({
    addEventListener: (event: string, listener: (event: { readonly data: unknown }) => void) => {
      if (event === 'message') page.on('message', (data: unknown) => listener({ data }))
      else page.on('close', () => listener({ data: undefined }))
    },
    postMessage: (message) => page.postMessage(message),
    start: () => page.start(),
  })
  return {
    client: createORPCClient(link),
    callUnknown: async (path) => link.call(path, {}, { context: {} }),
    log,
    lose: async () => main.close(),
    sendBody: async (body) =>
      new Promise((resolve) => {
        page.once('close', () => resolve(null))
        page.once('message', (frame: unknown) => resolve(String(frame)))
        page.postMessage(`{"i":"zz","p":{"u":"/values/echo","b":${body}}}`)
      }),
    crossed: () => frames.join('\n'),
    [Symbol.asyncDispose]: async () => main.close(),
  }
}

async function carryOverHttp<C extends AnyContractRouter>(
  router: Router<C, CallContext>,
  log: MemoryLog,
): Promise<Way<C>> {
  const served = await serveSmall({ router, log })
  const pieces: string[] = []
  const plain = localFetch({ port: served.port })
  const fetch = async (request: Request): Promise<Response> => {
    const answer = await plain(request)
    const keep = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        pieces.push(Buffer.from(piece).toString('utf8'))
        controller.enqueue(piece)
      },
    })
    return new Response(answer.body?.pipeThrough(keep) ?? null, answer)
  }
  const browser = { origin: served.window.origin, fetch }
  const bearer = await openSession(await served.token(), browser)
  const link = browserLink(bearer, browser)
  return {
    client: createORPCClient(link),
    callUnknown: async (path) => link.call(path, {}, { context: {} }),
    log,
    lose: async () => served.window.close(),
    sendBody: async (body) =>
      (await served.post('/rpc/values/echo', body, { authorization: `Bearer ${bearer}` })).text(),
    crossed: () => pieces.join('\n'),
    [Symbol.asyncDispose]: async () => served[Symbol.asyncDispose](),
  }
}

async function carryInProcess<C extends AnyContractRouter>(
  router: Router<C, CallContext>,
  log: MemoryLog,
): Promise<Way<C>> {
  const plain: Router<AnyContractRouter, CallContext> = router
  const context: CallContext = { shell: 'commandLine', log }
  const made: unknown = createRouterClient(plain, { context })
  // The types of oRPC do not see through a router of any contract.
  const client = made as ContractRouterClient<C>
  return {
    client,
    callUnknown: async (path) => {
      let found: unknown = client
      for (const name of path) found = (found as Record<string, unknown>)[name]
      return (found as (input: unknown) => Promise<unknown>)({})
    },
    log,
    lose: async () => undefined,
    sendBody: null,
    crossed: () => '',
    [Symbol.asyncDispose]: async () => undefined,
  }
}
