import { HoldfastError } from '../../../../shared/domain/error.ts'
import {
  excerptOf,
  firstText,
  isPage,
  isSuccess,
  isTurnedDown,
  objectOf,
  undecided,
} from '../../../engine/live/http-replies.ts'
import type { StepContext } from '../../../ports/runbook.ts'
import type { Login } from '../../../ports/secrets.ts'
import { openApi, usualDeadlineMs } from '../live/api.ts'
import { gaps } from '../live/gaps.ts'
import type { KiokSite } from './site.ts'

/** What the masters say to one user and one password. */
export type LoginAnswer =
  | { readonly kind: 'taken'; readonly token: string }
  /** Documented (getting-started): only the login and the change of the password answer before that is done. */
  | { readonly kind: 'mustChange'; readonly token: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'notNow'; readonly status: number; readonly said: string }

/** Documented (configuration): `kiok.iam.admin.user` and `.password`, on the very first start alone. */
export const firstLogin: Login = { user: 'admin', password: 'admin' }

export async function tryLogin(
  { connection }: KiokSite,
  login: Login,
  { session }: StepContext,
): Promise<LoginAnswer> {
  const { client } = await openApi(session, connection)
  const reply = await client.send(
    {
      method: 'POST',
      path: '/api/v1/auth/login',
      body: { user: login.user, password: login.password },
      isSecret: true,
      isLogin: true,
      deadlineMs: usualDeadlineMs,
    },
    session.signal,
  )
  if (reply.status === 401) return { kind: 'refused' }
  if (reply.status < 200 || reply.status > 299)
    return { kind: 'notNow', status: reply.status, said: excerptOf(reply) }
  const answer = objectOf(reply, 'The reply to the login cannot be read:')
  const token = firstText(answer, ['accessToken'])
  if (token === null) return { kind: 'notNow', status: reply.status, said: 'no accessToken' }
  const mustChange = gaps.passwordChangeFields.names.some((name) => answer[name] === true)
  return { kind: mustChange ? 'mustChange' : 'taken', token }
}

/** Documented (tutorials): with the token of the login that wants it. Throws what the masters refuse. */
export async function changePassword(
  { connection }: KiokSite,
  of: { readonly token: string; readonly oldPassword: string; readonly newPassword: string },
  { session }: StepContext,
): Promise<void> {
  const { client } = await openApi(session, connection)
  const reply = await client.send(
    {
      method: 'POST',
      path: '/api/v1/auth/change-password',
      body: { oldPassword: of.oldPassword, newPassword: of.newPassword },
      authorization: `Bearer ${of.token}`,
      isSecret: true,
      deadlineMs: usualDeadlineMs,
    },
    session.signal,
  )
  if (isSuccess(reply) && !isPage(reply)) return
  if (!isTurnedDown(reply)) throw undecided(reply, 'Whether the password was changed is not known')
  throw new HoldfastError('master.refused', {
    what: `The new password was refused: ${reply.origin} answers ${reply.status}.`,
    why: `It says: ${excerptOf(reply)}`,
    unchanged: 'The password is as it was.',
    next: 'Save a password that the cluster takes, and go on.',
  })
}

/** What the connection logs in with. Throws `connection.missing`. */
export async function savedLogin(
  { connection }: KiokSite,
  { session }: Pick<StepContext, 'session'>,
): Promise<Login> {
  if (connection.login !== null && connection.loginKind === 'password') return session.login(connection.login)
  throw new HoldfastError('connection.missing', {
    what: 'The connection has no login with a user and a password.',
    why: 'A fresh master is opened with one; directories and access keys are in the stores that are gone.',
    unchanged: 'Nothing was changed.',
    next: 'Give the connection the login of an administrator as it was when the backup was made.',
  })
}
