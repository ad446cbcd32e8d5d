import { printable } from '../../../../shared/domain/printable.ts'
import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { knownAs, done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { chosenBackup } from '../../../engine/runbook/choose-backup.ts'
import { whatIsLost } from '../../../engine/runbook/restore-into.ts'
import { check, confirm, manual, wait } from '../../../engine/runbook/steps.ts'
import type { Step } from '../../../ports/runbook.ts'
import { contentsBefore, contentsWords, hasChanged, readContents } from './contents.ts'
import { savedLogin, tryLogin } from './logins.ts'
import type { KiokSite } from './site.ts'

const restoredRow = 'restored.row'

/**
 * kiok publishes no route of its restore, so nobody but its own page asks for it here: one that is guessed could do anything. The console
 * says which row, watches, and proves.
 */
export function restoreByHand(site: KiokSite, also: readonly string[]): readonly Step[] {
  return [
    contentsBefore(site),
    confirm({
      id: 'confirm-restore',
      section: 'restore',
      title: 'Confirm what is lost',
      why: 'The restore puts every store of the backup over what is there.',
      of: [chosenBackup.id],
      says: async (context) => [
        ...whatIsLost(context),
        `The backup is ${knownAs(context.known, chosenBackup.id)}.`,
        'Users, passwords and access keys become those of the backup: who was removed since can log in again.',
        ...also,
      ],
    }),
    manual({
      id: 'restore-in-ui',
      section: 'restore',
      title: 'Restore the backup in kiok’s own page',
      why: 'The route of a restore is not published, and is not guessed.',
      touches: 'Every store of the cluster.',
      undo: 'The same restore again, or KI-5 where a safety copy was taken.',
      damage: 3,
      skip: 'nobody',
      does: [
        'Open the page Backup of kiok’s own UI, on the leader.',
        'Find the row whose id is the backup that was confirmed. Take no other one, also where it is newer.',
        'Choose Restore in that row, once, and confirm it there.',
        'Do not close the page before it says that it is done.',
        'If it fails between two stores, the state is mixed: do the same restore again.',
      ],
      asks: { label: 'The id of the row that was restored', learns: restoredRow },
      look: async ({ known }) => {
        const [row, wanted] = [known.get(restoredRow)?.trim(), knownAs(known, chosenBackup.id)]
        return Promise.resolve(
          row === wanted
            ? done(`${wanted} was restored, as the operator says.`)
            : failed(
                row === undefined || row === ''
                  ? 'Which row was restored was not said.'
                  : `${printable(row)} was restored, and ${wanted} was confirmed.`,
                { next: `Restore ${wanted} in kiok’s page, and give its id.` },
              ),
        )
      },
    }),
    wait({
      id: 'restored',
      section: 'restore',
      title: 'Watch the restored state appear',
      why: 'That it is done is seen by what the cluster says afterwards, not by a page.',
      touches: 'Reads the DAGs, the connections and the backup schedule.',
      atMostMs: 30 * 60_000,
      skip: 'operator',
      look: async (context) => {
        const login = await tryLogin(site, await savedLogin(site, context), context)
        if (login.kind === 'refused') {
          return done('The login from before is not taken any more: the users were replaced.', {
            evidence: [{ name: 'POST /api/v1/auth/login', value: '401' }],
          })
        }
        if (login.kind === 'mustChange')
          return done('The saved login has to choose a new password: the users were replaced.')
        if (login.kind === 'notNow') return notYet(`The login is answered with ${login.status}.`)
        try {
          const now = await readContents(site, context)
          const evidence = [{ name: 'contents', value: contentsWords(now) }]
          return hasChanged(now, context.known) === true
            ? done(`The contents are others than before: ${contentsWords(now)}.`, { evidence })
            : notYet(`Nothing has changed yet: ${contentsWords(now)}.`, {
                evidence,
                next: 'Where the backup holds the same as was there before, nothing can be seen from here: go past this step with that reason.',
              })
        } catch (error) {
          if (isHoldfastError(error, 'master.notReady'))
            return notYet('The cluster is not open at the moment.')
          throw error
        }
      },
    }),
    check({
      id: 'login-restored',
      section: 'restore',
      title: 'Log in with the password of the time of the backup',
      why: 'The users are those of the backup now, with their passwords of then.',
      touches: 'One login.',
      look: async (context) => {
        const login = await savedLogin(site, context)
        const answer = await tryLogin(site, login, context)
        switch (answer.kind) {
          case 'taken':
            return done(`${login.user} logs in.`)
          case 'mustChange':
            return failed(`${login.user} has to choose a new password first.`, {
              next: 'Do so in kiok’s own pages, save it here, and look again.',
            })
          case 'refused':
            return failed(`${login.user} does not log in with the saved password.`, {
              next: 'Save the password of the time of the backup here and look again. Where nobody knows it: reset it on the leader’s host (KI-6 says how), save it, and look again.',
            })
          case 'notNow':
            return notYet(`The login is answered with ${answer.status}.`)
        }
      },
    }),
  ]
}
