import * as z from 'zod'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { probesSay } from '../../../engine/runbook/probes.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { whatIsLost } from '../../../engine/runbook/restore-into.ts'
import { action, check, choice, confirm } from '../../../engine/runbook/steps.ts'
import type { ActionStep, Known, RunbookSetting, Step } from '../../../ports/runbook.ts'
import { keepAuditRows } from '../restore/audit-rows.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { kindlingDriver } from '../live/driver.ts'
import { archiveAgain, lookArchives } from '../restore/archive-command.ts'
import { lookAside, movePgdataAside, putPgdataBack } from '../restore/pgdata.ts'
import { lookRestored, restoreDatabaseInto, restoreToolOf } from '../restore/database-restore.ts'
import { lookAllStarted, openPostgresAndStartAllUnits } from '../restore/open-all.ts'
import { stopPostgres } from '../restore/postgres-server.ts'
import { choiceAt, restoreChoices } from '../restore/restore-points.ts'
import { databaseAddress, dataFolder } from '../restore/site.ts'
import type { UnitsByHost } from '../restore/units.ts'
import { whyNothingMayStart } from '../restore/hold.ts'
import { acceptanceOfThePast, fullBackup, opened } from './acceptance.ts'
import { endThePast, startClosed } from './closed-database.ts'
import { holdUnits, whatIsHeld } from './hold-units.ts'
import { databaseHostsOf, databaseOf, siteOf } from './site.ts'
import { stopEverything } from './stop-everything.ts'
import { optionOf, timeInput, timeOf, wishName, wishOf } from './wish.ts'

/** KD-1 and KD-2: the database is restored by its backup tool, and nothing of kindling runs before it is checked. */
export function restoreDatabase(setting: RunbookSetting, to: 'newest' | 'time'): readonly Step[] {
  const config = databaseOf(setting)
  const folder = dataFolder({ config })
  const all = config.hosts.join(', ')
  const tool = restoreToolOf(config)
  const [first = ''] = config.hosts
  const where = databaseAddress(config)
  const lock = hostLock(databaseHostsOf(config))
  const targetMs = to === 'time' ? timeOf(setting.inputs[timeInput.name] ?? '') : null
  return [
    check({
      id: 'repository',
      section: 'before',
      title: `Look what ${tool.name} can restore`,
      why: 'Nothing is stopped before it is known that there is something to restore.',
      touches: `Asks ${tool.name} on ${first}.`,
      twin: tool.listTwin,
      look: async (context) => {
        const { points, obstacles, archive } = await tool.readPoints(siteOf(config, context))
        const evidence = points.map(({ label, type, stoppedMs }) => ({
          name: label,
          value: `${type}, ended ${new Date(stoppedMs).toISOString()}`,
        }))
        if (points.length === 0) {
          return failed(`${tool.name} has no backup of ${config.stanza} that is done.`, {
            next: 'Without a backup of the database a new cluster is all that can be made; volumes and their backups are linked by hand.',
          })
        }
        if (obstacles.length > 0)
          return notYet(obstacles.join(' '), { evidence, next: 'Wait for it, or mend it.' })
        return done(
          `${countOf(points.length, 'backup')}; WAL from ${archive?.min ?? 'nowhere'} to ${archive?.max ?? 'nowhere'}.`,
          { evidence },
        )
      },
    }),
    ...(config.serviceUser === '' ? [] : [sameMasterKey(config)]),
    // A database that is lost tells nothing any more.
    ...(to === 'time' ? [auditRows(config, where)] : []),
    choice({
      id: 'choose-point',
      section: 'before',
      title: 'Choose how far to restore',
      why: 'What was committed after it is lost.',
      options: async (context) => {
        const points = await tool.readPoints(siteOf(config, context))
        if (targetMs === null) {
          return restoreChoices(points, context.failedMs).map((each, place) => optionOf(each, place === 0))
        }
        const nowMs = context.session.clock.now()
        const at = choiceAt(points, targetMs, nowMs)
        if (at.ok) return [optionOf(at.choice, true, nowMs)]
        return [
          {
            id: 'none',
            label: 'That moment',
            says: [],
            notPossible: at.sentence,
            advised: false,
            learnt: {},
          },
        ]
      },
    }),
    confirm({
      id: 'confirm-restore',
      section: 'before',
      title: 'Confirm what stops and what is lost',
      why: 'From here on the platform is down.',
      of: [wishName],
      says: async (context) => [
        ...whatIsLost(context),
        `Every unit of kindling stops on ${all}. A worker takes its guests down with it, unless KINDLING_PRESERVE_WORKLOADS_ON_SHUTDOWN is 1 there.`,
        `${folder} on ${where} is moved aside and kept; the restored database takes its place.`,
        'API keys and users that were made since are gone; those that were revoked since are back.',
        ...whatIsHeld(config),
      ],
    }),
    ...lock.takeIt,
    holdUnits(config, async (context) =>
      whyNothingMayStart(siteOf(config, context), context.runId, [
        'moving',
        'moved',
        'restoring',
        'restored',
        'puttingBack',
      ]),
    ),
    ...stopEverything(
      config,
      'A unit that lives on writes into the restored database, and places guests by what it read there.',
    ),
    moveAside(setting, folder, where),
    action({
      id: 'restore',
      section: 'restore',
      title: `Let ${tool.name} restore the database`,
      why: 'A run that was cut short goes on where it was.',
      touches: `${folder} on ${where}.`,
      undo: 'The old folder is put back.',
      twin: tool.restoreTwin({ type: 'default', label: null }),
      damage: 2,
      act: async (context) =>
        restoreDatabaseInto(siteOf(config, context), context.runId, wishOf(context.known)),
      look: async (context) => lookRestored(siteOf(config, context), context.runId, wishOf(context.known)),
    }),
    ...startClosed(config),
    ...(config.tool === 'barman' ? [archiving(setting, where)] : []),
    ...endThePast(config),
    action({
      id: 'open',
      section: 'restore',
      title: 'Open PostgreSQL, and start all units on all hosts at once',
      why: 'Side by side within 30 s: the spread is measured.',
      touches: `PostgreSQL on ${where}; units on ${all}.`,
      undo: 'Stop the units again.',
      damage: 1,
      expected: { ms: 30_000, source: 'documented' },
      act: async (context) =>
        opened(
          await openPostgresAndStartAllUnits(siteOf(config, context), stoppedUnits(context.known)),
          context,
        ),
      look: async (context) => opened(await lookAllStarted(siteOf(config, context)), context),
    }),
    ...acceptanceOfThePast(config),
    fullBackup(config),
    lock.giveItBack,
  ]
}

/** Before anything stops: with another key a restored database opens none of its secrets, and kindling does not start on it. */
function sameMasterKey(config: KindlingConnection): Step {
  return check({
    id: 'same-key',
    section: 'before',
    title: 'See that every host has the same master key',
    why: 'Without the key of the backup kindling ends at “decrypt cluster secret”, and the platform would be down for nothing.',
    touches: `Compares hashes of a file on ${config.hosts.join(', ')}.`,
    skip: 'operator',
    look: async (context) => {
      const said = await probesSay(kindlingDriver.connect(config), context, {
        ids: ['masterKey'],
        enough: ['ok'],
      })
      return said.state === 'done'
        ? said
        : {
            ...said,
            next: 'Put the key of the time of the backup on every host; X-3 says where it may still be. A host that is lost gets it later: go past this with that reason.',
          }
    },
  })
}

function auditRows(config: KindlingConnection, where: string): Step {
  return check({
    id: 'audit-rows',
    section: 'before',
    title: 'Keep what the platform has written of its changes',
    why: 'The restore takes these rows back as well, and they tell when it went wrong. Keys and volumes are in none of them.',
    touches: `Reads cluster_audit_events on ${where}.`,
    skip: 'operator',
    look: async (context) => keepAuditRows(siteOf(config, context)),
  })
}

/** What only Barman leaves behind. */
function archiving(setting: RunbookSetting, where: string): Step {
  const config = databaseOf(setting)
  return action({
    id: 'archive-again',
    section: 'restore',
    title: 'Let the restored database archive its WAL',
    why: 'Barman sets archive_command to false in what it restores: without WAL no later backup can be completed.',
    touches: `postgresql.conf and postgresql.auto.conf in the data folder on ${where}.`,
    undo: 'Set archive_command to false again; Barman keeps both files as *.origin.',
    damage: 1,
    act: async (context) => archiveAgain(siteOf(config, context)),
    look: async (context) => lookArchives(siteOf(config, context)),
  })
}

function moveAside(setting: RunbookSetting, folder: string, first: string): ActionStep {
  const config = databaseOf(setting)
  return action({
    id: 'move-aside',
    section: 'safety',
    title: 'Move the data folder aside',
    why: 'Nothing of it is deleted: it is the way back.',
    touches: `${folder} on ${first}.`,
    undo: 'The restored folder is put beside, and the old one back into its place.',
    damage: 2,
    act: async (context) => movePgdataAside(siteOf(config, context), context.runId),
    look: async (context) => lookAside(siteOf(config, context), context.runId),
    takeBack: async (context) => {
      const site = siteOf(config, context)
      const stopped = await stopPostgres(site)
      return stopped.state === 'done' ? putPgdataBack(site, context.runId) : stopped
    },
  })
}

const unitsForm = z.record(z.string(), z.array(z.string()))

/** Those that were stopped; left out where that is not known. */
function stoppedUnits(known: Known): UnitsByHost | undefined {
  const text = known.get('units')
  return text === undefined ? undefined : unitsForm.parse(JSON.parse(text))
}
