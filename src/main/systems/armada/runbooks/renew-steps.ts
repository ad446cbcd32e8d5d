import { done, failed, knownAs, whereFailing } from '../../../engine/runbook/outcomes.ts'
import { action, check, confirm } from '../../../engine/runbook/steps.ts'
import { chooseBackup, chosenBackup } from '../../../engine/runbook/choose-backup.ts'
import type { Outcome, Step, StepContext } from '../../../ports/runbook.ts'
import type { ArmadaConnection } from '../live/connection.ts'
import { compareFollower } from '../live/compare-follower.ts'
import { renewFollowers } from '../live/renew-followers.ts'
import { findRestoreServer } from '../live/restore-server.ts'
import { openServer, type ArmadaServer } from '../live/server.ts'
import { stopClients } from './restore-steps.ts'
import { chosenSources, reportOf } from './site.ts'

/** Followers take the tables of a restored leader from their beginning. A reset alone leaves them what the leader has no more. */
export function renewSteps(site: ArmadaConnection): readonly Step[] {
  const followers = site.followers.join(', ')
  return [
    ...chooseBackup(),
    check({
      id: 'followers',
      section: 'before',
      title: 'See which followers are behind',
      why: 'Those that hold what the leader holds are left alone.',
      touches: `Reads the tables of the leader and of ${followers}.`,
      skip: 'operator',
      look: async (context) => {
        const seen = await differences(site, context)
        return seen.state === 'notYet' ? done(seen.sentence, { evidence: seen.evidence }) : seen
      },
    }),
    stopClients(site, async (context) => (await chosenSources(context)).tables.map(({ table }) => table)),
    confirm({
      id: 'confirm-renew',
      section: 'before',
      title: 'Confirm that the tables are gone meanwhile',
      why: 'A reset wipes nothing: the followers keep serving old values. Only a table that is deleted and restored reaches them whole.',
      of: [chosenBackup.id],
      says: async ({ known }) => [
        `Each table is deleted on the leader and restored again from ${knownAs(known, chosenBackup.id)}; nobody has it in between.`,
        'It is deleted only where it is still exactly its file, every value compared: what clients wrote since the restore would be lost, so it is refused then.',
      ],
    }),
    action({
      id: 'renew',
      section: 'restore',
      title: 'Let the followers take the tables from their beginning',
      why: 'Only so do they hold what the leader holds.',
      touches: `Deletes and restores each table on the leader; ${followers} follow.`,
      undo: 'Nothing to take back: the tables are what the backup holds, before and after.',
      damage: 2,
      act: async (context) => {
        const { session, line } = context
        const report = reportOf(context)
        const target = await findRestoreServer(session, site, report)
        const store = await session.repository('read')
        const servers = await followersOf(site, context)
        const { tables } = await chosenSources(context)
        for (const source of tables) {
          const renewed = await renewFollowers(target, servers, source, store, report)
          for (const { sentence } of renewed.followers) line('info', sentence)
          const apart = renewed.followers.find(({ isEqual }) => !isEqual)
          if (apart !== undefined)
            return failed(apart.sentence, { next: 'Look at the log of that follower.' })
        }
        return done('Every follower holds what the leader holds.')
      },
      look: async (context) => differences(site, context),
    }),
    check({
      id: 'accept-followers',
      section: 'accept',
      title: 'The followers hold what the leader holds',
      why: 'Every key and every value is compared.',
      look: async (context) => differences(site, context),
    }),
  ]
}

async function followersOf(
  site: ArmadaConnection,
  { session }: StepContext,
): Promise<readonly ArmadaServer[]> {
  const servers: ArmadaServer[] = []
  for (const origin of site.followers) servers.push(await openServer(origin, session, site))
  return servers
}

async function differences(site: ArmadaConnection, context: StepContext): Promise<Outcome> {
  return whereFailing(async () => {
    const leader = await findRestoreServer(context.session, site, reportOf(context))
    const { tables } = await chosenSources(context)
    const apart: string[] = []
    for (const follower of await followersOf(site, context)) {
      for (const { table } of tables) {
        const { isEqual, sentence } = await compareFollower(leader.server.link, follower.link, table)
        context.line(isEqual ? 'info' : 'warning', sentence)
        if (!isEqual) apart.push(sentence)
      }
    }
    return apart.length === 0
      ? done('Every follower holds what the leader holds.')
      : { state: 'notYet', sentence: apart.join(' '), evidence: [] }
  }, 'unknown')
}
