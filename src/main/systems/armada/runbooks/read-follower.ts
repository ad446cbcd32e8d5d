import { countOf } from '../../../../shared/domain/size-words.ts'
import { chosenBackup } from '../../../engine/runbook/choose-backup.ts'
import { done, failed, knownAs, notYet, whereFailing } from '../../../engine/runbook/outcomes.ts'
import { action, check, choice, manual } from '../../../engine/runbook/steps.ts'
import type { Step } from '../../../ports/runbook.ts'
import type { ArmadaConnection } from '../live/connection.ts'
import { backUpFollower } from '../live/read-follower.ts'
import { openServer } from '../live/server.ts'
import { reportOf } from './site.ts'

const follower = 'follower'

/** AR-6: nothing promotes a follower, and it refuses to be backed up [from source]; but it answers reads. */
export function readFollower(site: ArmadaConnection): readonly Step[] {
  return [
    manual({
      id: 'leader-gone',
      section: 'before',
      title: 'Make sure that the leader site does not come back by itself',
      why: 'Two sites that both take writes cannot be brought together again.',
      does: ['Fence the leader site, or agree with whoever runs it that it stays down.'],
      asks: { label: 'Who fenced it, and how', learns: 'fence' },
      skip: 'nobody',
    }),
    choice({
      id: 'choose-follower',
      section: 'before',
      title: 'Choose the follower to read',
      why: 'What had not reached it is lost; the one that was closest behind loses least.',
      options: async (context) => {
        const options = await Promise.all(
          site.followers.map(async (origin) => {
            const seen = await whereFailing(async () => {
              const { tables } = await (await openServer(origin, context.session, site)).status()
              return done(`It answers, and serves ${countOf(tables.length, 'table')}.`)
            }, 'failed')
            return {
              id: origin,
              label: origin,
              says: [seen.sentence],
              notPossible: seen.state === 'done' ? null : seen.sentence,
              advised: false,
              learnt: { [follower]: origin },
            }
          }),
        )
        const advised = options.find(({ notPossible }) => notPossible === null)
        return options.map((option) => ({ ...option, advised: option === advised }))
      },
    }),
    action({
      id: 'read-follower',
      section: 'safety',
      title: 'Read every table of the follower into a new backup',
      why: 'Key by key, in the older format that every server takes; each table is counted in the end.',
      touches: 'Reads the follower; writes a new folder into the repository.',
      undo: 'Nothing to take back.',
      damage: 0,
      act: async (context) => {
        const { session, known } = context
        const server = await openServer(knownAs(known, follower), session, site)
        const { backupId, tables } = await backUpFollower(server, session, reportOf(context))
        return done(`${backupId} holds ${countOf(tables.length, 'table')}.`, {
          evidence: tables.map(({ table, keys }) => ({ name: table, value: `${keys} keys` })),
          learnt: { [chosenBackup.id]: backupId },
        })
      },
      look: async () =>
        Promise.resolve(
          notYet('A copy that was cut short is no backup: it is made anew, in another folder.'),
        ),
    }),
    check({
      id: 'prove-copy',
      section: 'safety',
      title: 'Prove the new backup',
      why: 'It is all that is left of the leader’s data.',
      touches: 'Reads every object of it.',
      look: async ({ recovery, known, progress }) => {
        const point = await recovery.prove(knownAs(known, chosenBackup.id), progress)
        return point.verdict === 'good' || point.verdict === 'warning'
          ? done(`${point.backupId} is ${point.verdict}.`)
          : failed(`${point.backupId} is ${point.verdict}. ${point.because ?? ''}`.trim())
      },
    }),
    manual({
      id: 'new-leader',
      section: 'restore',
      title: 'Start a new leader cluster, and restore into it',
      why: 'Only a leader takes a restore.',
      does: [
        'Start a new leader cluster with its maintenance on and a token.',
        'Give its servers in the connection of this cluster, close this run, and begin AR-2 with the backup that was just made.',
        'Let the followers follow the new leader, and begin AR-4 when it is restored.',
      ],
    }),
  ]
}
