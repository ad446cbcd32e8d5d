import { HoldfastError } from '../../../../shared/domain/error.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action } from '../../../engine/runbook/steps.ts'
import type { ActionStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { curl } from './curl.ts'
import { changePassword, firstLogin, savedLogin, tryLogin } from './logins.ts'
import type { KiokSite } from './site.ts'
import { isOnOtherRoot, stateName } from './ways-out.ts'

/** Of the administrator that a first start has made. */
export function firstPassword(site: KiokSite): ActionStep {
  return action({
    id: 'first-password',
    section: 'restore',
    title: 'Give the first administrator the saved password',
    why: 'Documented: a first administrator has to choose another password before anything else is answered.',
    touches: `The user ${firstLogin.user} of the fresh master.`,
    undo: 'The restore replaces all users by those of the backup.',
    twin: curl(
      site,
      'POST',
      '/api/v1/auth/change-password',
      '"{\\\\"oldPassword\\\\":\\\\"admin\\\\",\\\\"newPassword\\\\":\\\\"%s\\\\"}"',
    ),
    damage: 1,
    notNeeded: (known) =>
      known.get(stateName) === 'first' || isOnOtherRoot(known) ? null : 'The saved login is taken.',
    act: async (context) => chooseFirstPassword(site, context),
    look: async (context) => {
      const login = await asFirstAdministrator(site, context)
      const saved = await tryLogin(site, login, context)
      if (saved.kind === 'taken') return done(`${firstLogin.user} logs in with the saved password.`)
      return saved.kind === 'notNow'
        ? unknown(`The login is answered with ${saved.status}.`, {
            next: 'Wait until the master is ready.',
          })
        : notYet(`${firstLogin.user} does not log in with the saved password yet.`)
    },
  })
}

async function asFirstAdministrator(site: KiokSite, context: StepContext) {
  const { password } = await savedLogin(site, context)
  return { user: firstLogin.user, password }
}

async function chooseFirstPassword(site: KiokSite, context: StepContext): Promise<Outcome> {
  const { password } = await asFirstAdministrator(site, context)
  if ((await savedLogin(site, context)).user !== firstLogin.user) {
    throw new HoldfastError('connection.invalid', {
      what: `The saved login is not that of ${firstLogin.user}.`,
      why: `A first start makes ${firstLogin.user} alone, and this console goes on with the saved login.`,
      unchanged: 'No password was changed.',
      next: `Give the connection the login of ${firstLogin.user} for the time of the restore.`,
    })
  }
  const entered = await tryLogin(site, firstLogin, context)
  if (entered.kind === 'refused' || entered.kind === 'notNow') {
    return failed('The login of a first start is not taken.', {
      next: 'Look whether the password was changed already.',
    })
  }
  await changePassword(
    site,
    { token: entered.token, oldPassword: firstLogin.password, newPassword: password },
    context,
  )
  return done(`${firstLogin.user} has the saved password until the restore.`)
}
