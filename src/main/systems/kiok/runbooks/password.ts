import { runOn, saidBy, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { overSsh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, Known, Outcome, StepContext } from '../../../ports/runbook.ts'
import { changePassword, savedLogin, tryLogin } from './logins.ts'
import { as, userOn, type KiokSite } from './site.ts'

/**
 * Documented (admin-password-recovery): on the master's host, as its user, over its socket; `-` takes the value from standard
 * input, an argument would show in `ps`. The value here is a throwaway: the user has to choose another one at once, and that is the
 * saved one.
 */
export function resetPassword(of: {
  readonly id: string
  readonly section: ActionStep['section']
  readonly host: HostAccess
  readonly site: KiokSite
  readonly notNeeded?: (known: Known) => string | null
  /** What a refusal is: an end, or what had to be tried. */
  readonly refusal: 'failed' | 'done'
}): ActionStep {
  const { id, section, host, site, notNeeded, refusal } = of
  return action({
    id,
    section,
    title: 'Reset the password, and choose the saved one',
    why: 'It goes over a socket on the host: nobody who knows the old password is needed.',
    touches: `The user of the saved login, through ${site.dataFolder}/admin.sock on ${host.address}.`,
    undo: null,
    twin: `printf '%s\\n' "$THROWAWAY" | ${overSsh(host.address, userOn(site, host), [
      'env',
      `KIOK_ADMIN_SOCKET=${site.dataFolder}/admin.sock`,
      `${site.installFolder}/bin/kiok-cli.sh`,
      'iam:reset-password',
      '--user',
      'USER',
      '--new-password',
      '-',
    ])}`,
    expected: { ms: 10_000, source: 'assumed' },
    damage: 3,
    ...(notNeeded !== undefined && { notNeeded }),
    act: async (context) => reset(host, site, context, refusal),
    look: async (context) => {
      const login = await savedLogin(site, context)
      const answer = await tryLogin(site, login, context)
      switch (answer.kind) {
        case 'taken':
          return done(`${login.user} logs in with the saved password.`, {
            learnt: { 'login.state': 'taken' },
          })
        case 'mustChange':
        case 'refused':
          // A throwaway that nobody knows any more is no harm: another one replaces it.
          return notYet(`${login.user} does not log in with the saved password.`)
        case 'notNow':
          return unknown(`The login is answered with ${answer.status}.`, {
            next: 'Wait until a master is ready.',
          })
      }
    },
  })
}

async function reset(
  host: HostAccess,
  site: KiokSite,
  context: StepContext,
  refusal: 'failed' | 'done',
): Promise<Outcome> {
  const { user, password } = await savedLogin(site, context)
  if (user.startsWith('-'))
    return failed('The name of the user begins with a dash.', { next: 'Save another login.' })
  const throwaway = Buffer.from(context.session.random.bytes(18)).toString('base64url')
  const output = await runOn(
    host,
    {
      argv: [
        '/bin/sh',
        '-c',
        'cd -- "$1" && shift && exec "$@"',
        'sh',
        site.installFolder,
        'bin/kiok-cli.sh',
        'iam:reset-password',
        '--user',
        user,
        '--new-password',
        '-',
      ],
      ...as(userOn(site, host)),
      // Documented: relative paths fail from another folder.
      environment: {
        KIOK_ADMIN_SOCKET: `${site.dataFolder}/admin.sock`,
        ...(site.javaHome !== '' && { JAVA_HOME: site.javaHome }),
      },
      stdin: once(`${throwaway}\n`),
      deadlineMs: 60_000,
    },
    context,
  )
  if (output.code !== 0) {
    const said = saidBy(output).replaceAll(throwaway, '…')
    const told = `The password was not reset.${said === '' ? '' : ` kiok-cli.sh says: ${said}`}`
    return refusal === 'done'
      ? done(`${told} Nothing was changed.`, { learnt: { 'deadlock.reset': 'refused' } })
      : failed(told, {
          next: 'Check that the master runs on that host, is the leader, and has kiok.admin.socket.enabled.',
        })
  }
  const entered = await tryLogin(site, { user, password: throwaway }, context)
  if (entered.kind === 'refused' || entered.kind === 'notNow') {
    return failed('The password was reset, and the masters do not take the new one.', {
      next: 'Do it again on the leader: what a follower does with a reset is not documented.',
    })
  }
  await changePassword(site, { token: entered.token, oldPassword: throwaway, newPassword: password }, context)
  return done(`${user} has the saved password.`, { learnt: { 'login.state': 'taken' } })
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, 'utf8')
}
