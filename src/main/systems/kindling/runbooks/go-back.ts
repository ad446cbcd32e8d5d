import { done, failed, whereFailing } from '../../../engine/runbook/outcomes.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { action, check, confirm } from '../../../engine/runbook/steps.ts'
import type { RunbookSetting, Step } from '../../../ports/runbook.ts'
import { lookBack, lookReturnable, putPgdataBack } from '../restore/pgdata.ts'
import { lookAllStarted, openPostgresAndStartAllUnits } from '../restore/open-all.ts'
import { databaseAddress, dataFolder } from '../restore/site.ts'
import { whyNothingMayStart } from '../restore/hold.ts'
import { stillHeld } from '../restore/units.ts'
import { acceptanceOfThePast, fullBackup, opened } from './acceptance.ts'
import { areOperationsEnded, endThePast, startClosed } from './closed-database.ts'
import { holdUnits, whatIsHeld } from './hold-units.ts'
import { databaseHostsOf, databaseOf, siteOf } from './site.ts'
import { stopEverything } from './stop-everything.ts'

/** KD-5: the folder that a run moved aside takes its place again. It is of the past too: before anything starts on it, it is looked at as a restored one is. */
export function goBack(setting: RunbookSetting): readonly Step[] {
  const config = databaseOf(setting)
  const folder = dataFolder({ config })
  const run = setting.inputs['run'] ?? ''
  const all = config.hosts.join(', ')
  const where = databaseAddress(config)
  const lock = hostLock(databaseHostsOf(config))
  return [
    check({
      id: 'aside',
      section: 'before',
      title: 'See that the old folder is there',
      why: 'Without it there is nothing to go back to.',
      touches: `Looks beside ${folder}.`,
      look: async (context) =>
        whereFailing(async () => {
          const site = siteOf(config, context)
          const { state, evidence } = await lookBack(site, run)
          if (state !== 'done') return lookReturnable(site, run)
          // By a run like this one that was abandoned before anything was started on it.
          return (await stillHeld(site)) === null
            ? failed('That run was taken back already.', { evidence })
            : done('The old folder stands in its place already, and nothing was started on it yet.', {
                evidence,
              })
        }, 'failed'),
    }),
    confirm({
      id: 'confirm-back',
      section: 'before',
      title: 'Confirm what stops and what is lost',
      why: 'From here on the platform is down.',
      of: [],
      says: async () => [
        'What was committed since that restore is lost; the restored folder is kept beside.',
        `Every unit of kindling stops on ${all}.`,
        ...whatIsHeld(config),
      ],
    }),
    ...lock.takeIt,
    // Where the restore itself was given up half way, its own run holds them too.
    holdUnits(config, async (context) =>
      whyNothingMayStart(
        siteOf(config, context),
        run,
        areOperationsEnded(context.known) ? ['puttingBack'] : ['puttingBack', 'back'],
      ),
    ),
    ...stopEverything(config, 'A unit that lives on writes into the database while it changes.'),
    action({
      id: 'put-back',
      section: 'restore',
      title: 'Put the old folder back into its place',
      why: 'By renames alone: each of the two folders is kept.',
      touches: folder,
      undo: 'Both folders are kept; by hand they can be renamed again.',
      damage: 2,
      act: async (context) => putPgdataBack(siteOf(config, context), run),
      look: async (context) => lookBack(siteOf(config, context), run),
    }),
    ...startClosed(config),
    ...endThePast(config),
    action({
      id: 'open',
      section: 'restore',
      title: 'Open PostgreSQL, and start all units on all hosts at once',
      why: 'Side by side within 30 s: the spread is measured.',
      touches: `PostgreSQL on ${where}; units on ${all}.`,
      undo: 'Stop the units again.',
      damage: 1,
      act: async (context) => opened(await openPostgresAndStartAllUnits(siteOf(config, context)), context),
      look: async (context) => opened(await lookAllStarted(siteOf(config, context)), context),
    }),
    ...acceptanceOfThePast(config),
    fullBackup(config),
    lock.giveItBack,
  ]
}
