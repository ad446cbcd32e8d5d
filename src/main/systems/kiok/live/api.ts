import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { JsonObject } from '../../../../shared/domain/strict-json.ts'
import { firstText, objectOf, refusal } from '../../../engine/live/http-replies.ts'
import { mayHaveExpired } from '../../../engine/live/token-age.ts'
import type { HttpClient, HttpReply, HttpRequest } from '../../../ports/http-client.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { KiokConnection } from './connection.ts'
import { gaps } from './gaps.ts'

export const usualDeadlineMs = 10_000
/** A probe of a master that is dead shall not be waited for longer. */
export const probeDeadlineMs = 4_000

/** One logged-in conversation with the masters. */
export interface KiokApi {
  readonly client: HttpClient
  /** Sends with the login; logs in at first use, and again where a token that is no longer new is refused. Throws what the login throws. */
  send(request: Omit<HttpRequest, 'authorization'>): Promise<HttpReply>
}

export async function openApi(session: Session, config: KiokConnection): Promise<KiokApi> {
  const client = await session.http({
    origins: config.masters,
    basePath: config.contextPath,
    tls: config.tls,
    proxy: config.proxy,
    allowPlaintextCredentials: config.plaintext,
  })
  const { clock, signal } = session
  let entering: Promise<Entry> | null = null
  let enteredMs = 0
  const enter = (): Promise<Entry> => {
    if (entering !== null) return entering
    enteredMs = clock.now()
    return (entering = logIn(client, session, config))
  }
  async function send(request: Omit<HttpRequest, 'authorization'>): Promise<HttpReply> {
    const entry = await enter()
    const isOld = config.loginKind !== 'accessKey' && mayHaveExpired(enteredMs, clock.now())
    const sent = await client.send({ ...request, authorization: entry.authorization }, signal)
    if (sent.status !== 401) return sent
    // 401 says that nothing was done, so asking again with a new token, or in the other header's words, repeats nothing.
    if (isOld) {
      entering = null
      return send(request)
    }
    if (entry.other === null) return sent
    entering = Promise.resolve({ authorization: entry.other, other: null })
    return client.send({ ...request, authorization: entry.other }, signal)
  }
  return { client, send }
}

interface Entry {
  readonly authorization: string
  /** The same token in the other scheme: kiok's pages disagree (`Bearer` in every example, `Token` in the page on logins). */
  readonly other: string | null
}

async function logIn(client: HttpClient, session: Session, config: KiokConnection): Promise<Entry> {
  if (config.login === null) {
    throw new HoldfastError('master.refusedLogin', {
      what: 'There is no login for these masters.',
      next: 'Give the connection one.',
    })
  }
  const { user, password } = await session.login(config.login)
  // Documented (auth-authz): `Authorization: AccessKey <access key>:<secret key>`, without a login before.
  if (config.loginKind === 'accessKey') return { authorization: `AccessKey ${user}:${password}`, other: null }
  // The path for directories is of a newer page than the others (sso).
  const path = config.loginKind === 'directory' ? '/api/v1/auth/sso/ldap/login' : '/api/v1/auth/login'
  const reply = await client.send(
    {
      method: 'POST',
      path,
      // The field is `user`, not `username` (tutorials).
      body: { user, password },
      isSecret: true,
      isLogin: true,
      deadlineMs: usualDeadlineMs,
    },
    session.signal,
  )
  const what = 'The login was refused.'
  if (reply.status === 403 && config.loginKind === 'directory') {
    throw new HoldfastError('master.refusedLogin', {
      what,
      why: `The directory knows ${user}, but none of the user's groups has rights in this cluster.`,
      next: 'Ask its administrator to map one of the groups.',
    })
  }
  if (reply.status < 200 || reply.status > 299) throw refusal(reply, what)
  const answer = objectOf(reply, 'The reply to the login cannot be read:')
  const token = firstText(answer, ['accessToken'])
  if (token === null) {
    throw new HoldfastError('master.badAnswer', {
      what: `${reply.origin} accepts the login and hands out no accessToken.`,
      next: 'Check that the address leads to kiok itself.',
    })
  }
  if (asksForNewPassword(answer)) throw passwordChange(user)
  return { authorization: `Bearer ${token}`, other: `Token ${token}` }
}

function asksForNewPassword(answer: JsonObject): boolean {
  return gaps.passwordChangeFields.names.some((name) => answer[name] === true)
}

/** Documented (getting-started): the first login has to choose another password; nothing but the login answers before. */
export function passwordChange(user: string): HoldfastError {
  return new HoldfastError('master.passwordChange', {
    what: `The masters want a new password for ${user} before they do anything else.`,
    why: 'It is the first login of this user, or the password was reset.',
    unchanged: 'This console never changes a password by itself.',
    next: 'Log in once in the cluster’s own pages, choose a password there, and replace the credential here.',
  })
}
