import * as z from 'zod'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { demandDone, demandSuccess, refusal, replyAs } from '../../../engine/live/http-replies.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { HttpReply } from '../../../ports/http-client.ts'
import type { KindlingConnection } from './connection.ts'
import { openPlatform } from './platform.ts'

const deadlineMs = 10_000

/** Of a login; nothing of it is ever shown. */
export interface Entered {
  /** The value of the header. */
  readonly cookie: string
}

/** Users and API keys of kindling over its API, from source: internal/rpc/auth_api.go, api_keys.go. */
export interface Accounts {
  /** Null: the password is refused. Throws where the API does not say, as where too many have tried. */
  enter(user: string, password: string): Promise<Entered | null>
  /** Ids of the keys with this name. */
  keysNamed(name: string, as: Entered): Promise<readonly string[]>
  makeKey(name: string, as: Entered): Promise<string>
  revokeKey(id: string, as: Entered): Promise<void>
  /** Whether the key of the connection is accepted, as one of a platform administrator. */
  isKeyAccepted(): Promise<boolean>
  /** The address under which the platform takes itself to be reached, which it reads from its database; null where it has none. */
  publicAddress(): Promise<string | null>
  close(): Promise<void>
}

const keyRow = z.object({ id: z.string(), name: z.string() })

/** Throws `connection.missing` where the connection has no API or no key. */
export async function openAccounts(session: Session, config: KindlingConnection): Promise<Accounts> {
  const { token } = config
  const [origin] = config.api
  if (origin === undefined || token === null) {
    throw new HoldfastError('connection.missing', {
      what: 'Users and keys of kindling are asked for over its API.',
      why: `The connection has no ${origin === undefined ? 'API' : 'API key'}.`,
      unchanged: 'Nothing was asked for.',
      next: 'Add it to the connection of this cluster; a key that is not accepted any more will do.',
    })
  }
  const client = await openPlatform(session, config)
  const send = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { cookie }: Entered,
    body?: unknown,
  ): Promise<HttpReply> =>
    client.send(
      {
        method,
        path,
        isSecret: true,
        // Source (middleware.go): with a cookie whatever changes something needs its origin.
        headers: { cookie, origin: new URL(origin).origin },
        origin,
        ...(body !== undefined && { body }),
        deadlineMs,
      },
      session.signal,
    )
  const withKey = async (path: string): Promise<HttpReply> =>
    client.send(
      { method: 'GET', path, authorization: `Bearer ${await session.token(token)}`, deadlineMs },
      session.signal,
    )
  return {
    async enter(email, password) {
      const reply = await client.send(
        {
          method: 'POST',
          path: '/api/auth/login',
          isSecret: true,
          isLogin: true,
          body: { email, password },
          origin,
          deadlineMs,
        },
        session.signal,
      )
      if (reply.status === 401) return null
      if (reply.status < 200 || reply.status > 299) throw refusal(reply, 'The login is not answered.')
      const cookie = /(?:^|,\s*)(kindling_session=[^;,\s]+)/.exec(reply.header('set-cookie') ?? '')?.[1]
      if (cookie !== undefined) return { cookie }
      throw new HoldfastError('master.badAnswer', {
        what: 'kindling took the login, and gave no session.',
        next: 'Check the version of kindling.',
      })
    },
    async keysNamed(name, as) {
      const reply = await send('GET', '/api/auth/api-keys', as)
      demandSuccess(reply, 'The API keys are not told.')
      return replyAs(z.array(keyRow), reply, 'The API keys cannot be read:').flatMap((row) =>
        row.name === name ? [row.id] : [],
      )
    },
    async makeKey(name, as) {
      const reply = await send('POST', '/api/auth/api-keys', as, { name })
      demandDone(reply, {
        refused: 'No API key is made.',
        unknown: 'Whether an API key is made is not known',
      })
      return replyAs(z.object({ token: z.string().min(8) }), reply, 'The new API key cannot be read:').token
    },
    async revokeKey(id, as) {
      const reply = await send('DELETE', `/api/auth/api-keys/${encodeURIComponent(id)}`, as)
      demandDone(reply, {
        refused: 'The API key is not revoked.',
        unknown: 'Whether the API key is revoked is not known',
      })
    },
    async isKeyAccepted() {
      const reply = await withKey('/api/auth/session')
      if (reply.status === 401) return false
      demandSuccess(reply, 'Whose the API key is, is not told.')
      const told = replyAs(
        z.object({ authenticated: z.boolean(), platform_admin: z.boolean().nullish() }),
        reply,
        'Whose the API key is cannot be read:',
      )
      return told.authenticated && told.platform_admin === true
    },
    // Source (meta_handlers.go): for platform administrators alone.
    async publicAddress() {
      const reply = await withKey('/api/meta')
      const what = 'The platform does not tell its settings.'
      demandSuccess(reply, what)
      return replyAs(z.object({ public_base_url: z.string().nullish() }), reply, what).public_base_url || null
    },
    close: async () => client.close(),
  }
}
