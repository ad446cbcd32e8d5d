import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { check, manual } from '../../../engine/runbook/steps.ts'
import type { Runbook, RunbookInput, Step } from '../../../ports/runbook.ts'
import { survivorLeads } from './ki-1.ts'
import { savedLogin, tryLogin } from './logins.ts'
import { resetPassword } from './password.ts'
import { runsOn } from './role-process.ts'
import { siteInputs, siteOf, unfit } from './site.ts'

const leaderInput: RunbookInput = {
  name: 'leader',
  label: 'Host of the leader',
  help: 'As it stands in the connection; Settings, Topology in kiok’s own UI shows it. What a follower does with a reset is not documented.',
  example: 'ops@kiok-1',
  required: true,
  usual: '',
}

const needed: ReadonlySet<string> = new Set(['installFolder', 'dataFolder', 'osUser', 'javaHome'])

/** Documented (admin-password-recovery): over the socket of a master that runs; the leader hands the result on. */
export const ki6: Runbook = {
  id: 'KI-6',
  system: 'kiok',
  title: 'Set a lost password anew',
  when: 'The masters are ready, and nobody knows the administrator’s password.',
  costs: ['Whoever is logged in as that user has to log in again.'],
  inputs: [leaderInput, ...siteInputs.filter(({ name }) => needed.has(name))],
  steps(setting) {
    const site = siteOf(setting)
    const host = site.masters.find(({ address }) => address === setting.inputs['leader'])
    if (host === undefined) throw unfit('The host of the leader is none of its connection.')
    return [
      survivorLeads(site),
      manual({
        id: 'save-password',
        section: 'before',
        title: 'Save the new password here first',
        why: 'It goes from the vault to the masters, and is typed nowhere else.',
        does: [
          'Replace the password of the login of this connection by a new one, in the vault of this console.',
          'Tell nobody by mail.',
        ],
      }),
      check({
        id: 'master-runs',
        section: 'before',
        title: 'See that the master runs on that host',
        why: 'The socket is that of a running master.',
        touches: `Looks at processes on ${host.address}.`,
        skip: 'operator',
        look: async (context) =>
          (await runsOn('master', host, site, context))
            ? done(`A master runs on ${host.address}.`)
            : failed(`No master is seen to run on ${host.address}.`, {
                next: 'Take the host where it runs; the names of its pid files are not documented, so go past this where you know better.',
              }),
      }),
      resetPassword({ id: 'reset-password', section: 'restore', host, site, refusal: 'failed' }),
      check({
        id: 'accept-access',
        section: 'accept',
        title: 'Log in with the saved password',
        why: 'A reset that the tool reports has not let anybody in yet. One master is asked; the leader hands it on to the others.',
        skip: 'operator',
        look: async (context) => {
          const login = await savedLogin(site, context)
          const answer = await tryLogin(site, login, context)
          return answer.kind === 'taken'
            ? done(`${login.user} logs in, and no new password is asked for.`)
            : failed(`${login.user} does not log in with the saved password.`, {
                next: 'Reset it again, on the leader.',
              })
        },
      }),
      manual({
        id: 'accept-audit',
        section: 'accept',
        title: 'Read the line that the reset has left',
        why: 'Whoever may use the socket may take over the cluster.',
        does: [
          `The last line of ${site.dataFolder}/iam-audit/reset.log on ${host.address} is of now, and there is no other one of today.`,
        ],
        asks: { label: 'What stands there', learns: 'accept.audit' },
      }),
    ] satisfies readonly Step[]
  },
}
