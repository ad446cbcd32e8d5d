import { probesSay } from '../../../engine/runbook/probes.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { done, failed, notYet, whereFailing } from '../../../engine/runbook/outcomes.ts'
import { action, check, manual } from '../../../engine/runbook/steps.ts'
import type { Step, StepContext } from '../../../ports/runbook.ts'
import type { ArmadaConnection } from '../live/connection.ts'
import { compareFollower } from '../live/compare-follower.ts'
import { armadaDriver } from '../live/driver.ts'
import { shardOf } from '../live/key-values.ts'
import { writeOwnTable } from '../live/own-table.ts'
import { findRestoreServer } from '../live/restore-server.ts'
import { openServer } from '../live/server.ts'
import { counted } from './ar-1.ts'
import { lookAtTables } from './put-tables.ts'
import { isSafetyBackup, replacedMs } from './restore-steps.ts'
import { chosenSources, reportOf } from './site.ts'

const section = 'accept'

/** The sheet after a restore: every row asked of the servers, but for what only people know. */
export function acceptance(site: ArmadaConnection): readonly Step[] {
  const probed = (id: string, title: string, why: string, ids: readonly string[]): Step =>
    check({
      id,
      section,
      title,
      why,
      skip: 'operator',
      look: async (context) =>
        probesSay(armadaDriver.connect(context.setting.cluster.connection), context, { ids, enough: ['ok'] }),
    })
  return [
    probed(
      'accept-answers',
      'Every server answers',
      'A member that is down is missing in the next election.',
      ['answers'],
    ),
    probed('accept-tables', 'Every table has a leader and no error', 'A table in error serves nobody.', [
      'tables',
    ]),
    check({
      id: 'accept-members',
      section,
      title: 'Every member of the cluster answers',
      why: 'How many there are the servers tell; one that the connection does not name is not seen.',
      skip: 'operator',
      look: async (context) => {
        const { answering, members, evidence } = await counted(site, context)
        if (members === null) return notYet('No server tells who its members are.', { evidence })
        const words = `${answering} of ${countOf(members, 'member')} answer.`
        return answering >= members
          ? done(words, { evidence })
          : notYet(words, {
              evidence,
              next: 'Bring the others back (AR-1), or name them in the connection; else except the row.',
            })
      },
    }),
    probed(
      'accept-token',
      'The servers take the token, and nobody without one',
      'A server that was started without its token lets whoever reaches it replace every table.',
      ['role'],
    ),
    check({
      id: 'accept-content',
      section,
      title: 'The tables are their files',
      why: 'Counted by the server, and compared key by key and value by value.',
      skip: 'operator',
      look: async (context) => lookAtTables(site, await chosenSources(context), context),
    }),
    check({
      id: 'accept-followers',
      section,
      title: 'The followers hold what the leader holds',
      why: 'After a restore they stay behind until they take the tables anew; equal counts alone say nothing.',
      skip: 'operator',
      notNeeded: () => (site.followers.length === 0 ? 'The connection names no follower.' : null),
      look: async (context) =>
        whereFailing(async () => {
          const leader = await findRestoreServer(context.session, site, reportOf(context))
          const { tables } = await chosenSources(context)
          const apart: string[] = []
          for (const origin of site.followers) {
            const follower = await openServer(origin, context.session, site)
            for (const { table } of tables) {
              const compared = await compareFollower(leader.server.link, follower.link, table)
              context.line(compared.isEqual ? 'info' : 'error', compared.sentence)
              if (!compared.isEqual) apart.push(compared.sentence)
            }
          }
          return apart.length === 0
            ? done('Every follower holds what the leader holds.')
            : failed(apart.join(' '), {
                next: 'Sign nothing yet: begin AR-4 after this run, or except the row.',
              })
        }, 'notYet'),
    }),
    action({
      id: 'accept-canary',
      section,
      title: 'Write and read a table of its own',
      why: 'Reads may work where writes do not.',
      skip: 'operator',
      touches: 'Makes the table holdfast-canary-… on the leader, and deletes it again.',
      damage: 0,
      act: async (context) =>
        whereFailing(async () => {
          const { server } = await findRestoreServer(context.session, site, reportOf(context))
          const table = canaryTable(context)
          await writeOwnTable(server, table)
          return done(`${server.name} took a value into ${table}, gave it back, and deleted the table.`)
        }, 'failed'),
      look: async (context) =>
        whereFailing(async () => {
          const { server } = await findRestoreServer(context.session, site, reportOf(context))
          const table = canaryTable(context)
          const shard = await shardOf(server.link, table)
          return notYet(
            shard === null
              ? 'Whether it could be written cannot be told from here. Once more is harmless.'
              : `${table} was left on ${server.name}. Once more uses it, and deletes it.`,
          )
        }, 'notYet'),
    }),
    manual({
      id: 'accept-access',
      section,
      title: 'Let one client in, and see that it works',
      why: 'Only an application knows whether what it reads is right. Access that was taken away since the backup is there again.',
      does: [
        'Take away again what was revoked after the backup, before anybody is let in.',
        'Start one client, and let it read and write.',
      ],
      asks: { label: 'Who looked, and what was seen', learns: 'client' },
    }),
    check({
      id: 'accept-backup',
      section,
      title: 'A new backup is there, and good',
      why: 'What was restored has to be safe again before anybody relies on it. Take one now (holdfast snapshot).',
      skip: 'operator',
      look: async ({ recovery, beganMs, known, progress }) => {
        // One that was made before the tables were replaced is of the old ones.
        const sinceMs = Number(known.get(replacedMs) ?? beganMs)
        const newer = (await recovery.points()).find(
          ({ backupId, createdAt }) =>
            createdAt !== null && Date.parse(createdAt) >= sinceMs && !isSafetyBackup.test(backupId),
        )
        if (newer === undefined) {
          return notYet(`No backup was made since ${new Date(sinceMs).toISOString()}.`, {
            next: 'Take a snapshot of this cluster, then look again.',
          })
        }
        const { backupId, verdict, because } = await recovery.prove(newer.backupId, progress)
        return verdict === 'good' || verdict === 'warning'
          ? done(`${backupId} is ${verdict}.`)
          : failed(`${backupId} is ${verdict}. ${because ?? ''}`.trim())
      },
    }),
  ]
}

/** The same where the step is done again, and of no other run. */
function canaryTable({ runId }: StepContext): string {
  return `holdfast-canary-${runId}`
}
