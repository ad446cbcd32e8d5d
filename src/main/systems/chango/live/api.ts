import { HoldfastError } from '../../../../shared/domain/error.ts'
import { firstText, objectOf, refusal } from '../../../engine/live/http-replies.ts'
import { mayHaveExpired } from '../../../engine/live/token-age.ts'
import type { HttpClient, HttpReply, HttpRequest } from '../../../ports/http-client.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { ChangoConnection } from './connection.ts'

export const usualDeadlineMs = 10_000
/** A probe of a master that is dead shall not be waited for longer. */
export const probeDeadlineMs = 4_000

/** One logged-in conversation with the masters. */
export interface ChangoApi {
  readonly client: HttpClient
  /** Sends with the login; logs in at first use, and again where a token that is no longer new is refused. Throws what the login throws. */
  send(request: Omit<HttpRequest, 'authorization'>): Promise<HttpReply>
}

export async function openApi(session: Session, config: ChangoConnection): Promise<ChangoApi> {
  const client = await session.http({
    origins: config.masters,
    basePath: '',
    tls: config.tls,
    proxy: config.proxy,
    allowPlaintextCredentials: config.plaintext,
  })
  const { clock, signal } = session
  let entering: Promise<string> | null = null
  let enteredMs = 0
  const enter = (): Promise<string> => {
    if (entering !== null) return entering
    enteredMs = clock.now()
    return (entering = logIn(client, session, config))
  }
  return {
    client,
    async send(request) {
      const authorization = await enter()
      const isOld = mayHaveExpired(enteredMs, clock.now())
      const sent = await client.send({ ...request, authorization }, signal)
      if (sent.status !== 401 || !isOld) return sent
      // 401 says that nothing was done, so asking again with a new token repeats nothing.
      entering = null
      return client.send({ ...request, authorization: await enter() }, signal)
    },
  }
}

/** Documented (iam): `POST …/auth/login {"username","password"}` → `accessToken`, `requirePasswordChange` on a first login. */
async function logIn(client: HttpClient, session: Session, config: ChangoConnection): Promise<string> {
  if (config.login === null) {
    throw new HoldfastError('master.refusedLogin', {
      what: 'There is no login for these masters.',
      next: 'Give the connection one.',
    })
  }
  const { user, password } = await session.login(config.login)
  // The path for directories is of a newer page than the others (sso).
  const path = config.loginKind === 'directory' ? '/admin/api/auth/sso/ldap/login' : '/admin/api/auth/login'
  const reply = await client.send(
    {
      method: 'POST',
      path,
      body: { username: user, password },
      isSecret: true,
      isLogin: true,
      deadlineMs: usualDeadlineMs,
    },
    session.signal,
  )
  if (reply.status < 200 || reply.status > 299) throw refusal(reply, 'The login was refused.')
  const answer = objectOf(reply, 'The reply to the login cannot be read:')
  if (answer['requirePasswordChange'] === true) throw passwordChange(user)
  const token = firstText(answer, ['accessToken'])
  if (token !== null) return `Bearer ${token}`
  throw new HoldfastError('master.badAnswer', {
    what: `${reply.origin} accepts the login and hands out no accessToken.`,
    next: 'Check that the address leads to chango itself.',
  })
}

function passwordChange(user: string): HoldfastError {
  return new HoldfastError('master.passwordChange', {
    what: `The masters want a new password for ${user} before they do anything else.`,
    why: 'It is the first login of this user, or the password was reset.',
    unchanged: 'This console never changes a password by itself.',
    next: 'Log in once in the cluster’s own pages, choose a password there, and replace the credential here.',
  })
}
