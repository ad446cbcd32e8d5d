import { chooseBackup } from '../../../engine/runbook/choose-backup.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { check, manual } from '../../../engine/runbook/steps.ts'
import type { Runbook, RunbookSetting, Step } from '../../../ports/runbook.ts'
import { accept, canaryInput } from './acceptance.ts'
import { safetyBackup } from './backups.ts'
import { survivorLeads } from './ki-1.ts'
import { savedLogin, tryLogin } from './logins.ts'
import { maintenanceOn } from './maintenance.ts'
import { restoreByHand } from './restore-by-hand.ts'
import { roomForRestore } from './room.ts'
import { siteInputs, siteOf, type KiokSite } from './site.ts'

export const ki4: Runbook = {
  id: 'KI-4',
  system: 'kiok',
  title: 'Put an older state back into a running cluster',
  when: 'The cluster is up and its data is wrong.',
  costs: [
    'Everything since the backup is lost, runs and logs too.',
    'Users, passwords and access keys become those of the backup.',
    'DAGs with catchup make up for every run since.',
  ],
  inputs: [...siteInputs, canaryInput],
  steps: (setting) => overwrite(setting, chooseBackup({ livesUntilRestored: true })),
}

/** The wrong state's own schedule may have written a backup since, which looks like the newest: none is advised. */
export const ki5: Runbook = {
  id: 'KI-5',
  system: 'kiok',
  title: 'Undo a restore',
  when: 'The wrong backup was restored, or a restore broke off between two stores.',
  costs: [
    'Everything since the wrong restore is lost.',
    'Users, passwords and access keys become those of the backup that is chosen.',
  ],
  inputs: [...siteInputs, canaryInput],
  steps: (setting) =>
    overwrite(setting, [beforeWrong(), ...chooseBackup({ advises: () => false, livesUntilRestored: true })]),
}

function beforeWrong(): Step {
  return manual({
    id: 'which-backup',
    section: 'before',
    title: 'Know which backup is the state of before',
    why: 'The newest one may be of the wrong state: its schedule goes on.',
    skip: 'nobody',
    does: [
      'Look up in the history of this console when the wrong restore was made, and whether a safety backup was taken before it.',
      'That safety backup is the one to go back to. Without one: the newest backup that was made before the wrong restore.',
      'Every backup that was made after it is of the wrong state: note their ids, so that nobody takes one for the newest.',
    ],
    asks: { label: 'When the wrong restore was, and the ids of backups since', learns: 'wrong.restore' },
  })
}

function overwrite(setting: RunbookSetting, choose: readonly Step[]): readonly Step[] {
  const site = siteOf(setting)
  const lock = hostLock(site.masters)
  return [
    survivorLeads(site),
    ...choose,
    loginOfThen(site),
    roomForRestore(site),
    ...lock.takeIt,
    maintenanceOn(site),
    manual({
      id: 'cancel-runs',
      section: 'safety',
      title: 'Cancel what runs',
      why: 'A run that goes on writes into stores that are being replaced.',
      touches: 'Runs of DAGs.',
      damage: 1,
      does: [
        'Open the list of runs in kiok’s own UI, and cancel those that are RUNNING or PENDING.',
        'Where this version has the route: POST /api/v1/runs/ID/cancel.',
      ],
      asks: { label: 'Which were cancelled, or: none ran', learns: 'cancelled' },
    }),
    ...safetyBackup(site, {
      id: 'safety-backup',
      section: 'safety',
      title: 'Take a backup of the state of now',
      why: 'It is the only way back.',
    }),
    ...restoreByHand(site, [
      'Runs and logs since the backup are lost too; DAGs with catchup run again for all of that time.',
      'The state of now is in the safety backup; KI-5 goes back to it.',
    ]),
    ...accept(site, setting),
    lock.giveItBack,
    manual({
      id: 'leftovers',
      section: 'after',
      title: 'Know what is left behind',
      why: 'The safety backup is the newest one in the list, and of the state that was wrong.',
      does: ['Note its id, so that nobody restores it as “the latest”. The new backup at the end is newer.'],
    }),
  ]
}

/** Without it nobody gets in after the restore. */
function loginOfThen(site: KiokSite): Step {
  return check({
    id: 'login-now',
    section: 'before',
    title: 'Log in, and know the administrator’s password of the time of the backup',
    why: 'After the restore only that one is taken. Where it was changed since, KI-6 sets another one.',
    touches: 'One login.',
    look: async (context) => {
      const login = await savedLogin(site, context)
      const answer = await tryLogin(site, login, context)
      return answer.kind === 'taken'
        ? done(`${login.user} logs in now. After the restore the password of the time of the backup counts.`)
        : failed(`${login.user} does not log in with the saved password.`, {
            next: 'KI-6 sets another one, on the host.',
          })
    },
  })
}
