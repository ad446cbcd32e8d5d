import * as z from 'zod'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { demandDone, demandSuccess, replyAs } from '../../../engine/live/http-replies.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { HttpReply } from '../../../ports/http-client.ts'
import type { KindlingConnection } from './connection.ts'
import { openPlatform } from './platform.ts'

/** From source: internal/rpc/servers/servers.go. */
const row = z.object({
  id: z.string(),
  hostname: z.string(),
  /** active, draining, drained, dead. */
  status: z.string(),
  heartbeat_health: z.string().nullish(),
  active_instance_count: z.number().nullish(),
})
export type Worker = z.infer<typeof row>

/** A server that cannot be read may be the one that is not well: then none of them is told. */
const rows = z.union([z.array(row), z.object({ servers: z.array(row) }).transform(({ servers }) => servers)])
const details = z.object({ volumes: z.array(z.unknown()).nullish() })

/** The servers of the platform, for a platform administrator. */
export interface Workers {
  list(): Promise<readonly Worker[]>
  /** How many volumes lie on it, of every organisation; null where it does not tell. */
  volumesOn(id: string): Promise<number | null>
  /** Asked once; kindling keeps it in its audit events. */
  drain(id: string): Promise<void>
  close(): Promise<void>
}

const deadlineMs = 10_000

/** Throws `connection.missing` where the connection has no API or no key. */
async function openWorkers(session: Session, config: KindlingConnection): Promise<Workers> {
  const { token } = config
  if (config.api.length === 0 || token === null) {
    throw new HoldfastError('connection.missing', {
      what: 'The servers of kindling are asked for over its API.',
      why: `The connection has no ${config.api.length === 0 ? 'API' : 'API key'}.`,
      unchanged: 'Nothing was asked for.',
      next: 'Add it to the connection of this cluster.',
    })
  }
  const client = await openPlatform(session, config)
  const send = async (method: 'GET' | 'POST', path: string): Promise<HttpReply> =>
    client.send(
      { method, path, authorization: `Bearer ${await session.token(token)}`, deadlineMs },
      session.signal,
    )
  return {
    async list() {
      const reply = await send('GET', '/api/platform/servers')
      demandSuccess(reply, 'The servers are not told.')
      return replyAs(rows, reply, 'The list of servers cannot be read:')
    },
    async volumesOn(id) {
      const reply = await send('GET', `/api/platform/servers/${encodeURIComponent(id)}/details`)
      if (reply.status === 404) return null
      demandSuccess(reply, 'What lies on the server is not told.')
      return replyAs(details, reply, 'What lies on the server cannot be read:').volumes?.length ?? null
    },
    async drain(id) {
      demandDone(await send('POST', `/api/servers/${encodeURIComponent(id)}/drain`), {
        refused: 'The server is not drained.',
        unknown: 'Whether the server is drained is not known',
      })
    },
    close: async () => client.close(),
  }
}

export async function withWorkers<T>(
  config: KindlingConnection,
  { session }: { readonly session: Session },
  work: (workers: Workers) => Promise<T>,
): Promise<T> {
  const workers = await openWorkers(session, config)
  try {
    return await work(workers)
  } finally {
    await workers.close()
  }
}
