import { action, check } from '../../../engine/runbook/steps.ts'
import type { Known, Step } from '../../../ports/runbook.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { postgresChecks } from '../restore/checks.ts'
import { lookClosed, startPostgresClosed, stopPostgres } from '../restore/postgres-server.ts'
import { databaseAddress } from '../restore/site.ts'
import { listVolumeOperations, neutraliseVolumeOperations } from '../restore/volume-operations.ts'
import { heartbeats } from './heartbeats.ts'
import { siteOf } from './site.ts'

const operationsEnded = 'operations.ended'

/** Whether a unit that starts now finds nothing of the past to carry out. */
export function areOperationsEnded(known: Known): boolean {
  return known.has(operationsEnded)
}

/** PostgreSQL on its socket alone, and looked at, before any unit of kindling may reach it. */
export function startClosed(config: KindlingConnection): readonly Step[] {
  const where = databaseAddress(config)
  return [
    action({
      id: 'start-closed',
      section: 'restore',
      title: 'Start PostgreSQL for this host alone',
      why: 'It replays WAL, and nobody may write before it was checked.',
      touches: `PostgreSQL on ${where}, on its socket alone.`,
      undo: 'Stop it.',
      damage: 1,
      act: async (context) => startPostgresClosed(siteOf(config, context)),
      look: async (context) => lookClosed(siteOf(config, context)),
      // Also the way on where a reboot has ended it: then it is started again.
      takeBack: async (context) => stopPostgres(siteOf(config, context)),
    }),
    check({
      id: 'check-database',
      section: 'restore',
      title: 'Check the database before it is opened',
      why: 'Out of recovery, with slots, role and publication, and the same DSN and master key on every host.',
      touches: `Asks PostgreSQL on ${where} and reads files on ${config.hosts.join(', ')}.`,
      look: async (context) => postgresChecks(siteOf(config, context), { isClosed: true }),
    }),
  ]
}

/** What is in it of the past: operations that workers would carry out, and heartbeats of servers that were stopped since. */
export function endThePast(config: KindlingConnection): readonly Step[] {
  const known = { learnt: { [operationsEnded]: 'yes' } }
  return [
    action({
      id: 'stale-operations',
      section: 'restore',
      title: 'End the operations on volumes that wait in it',
      why: 'Workers carry out what waits when they start: an old restore would overwrite a living disk.',
      touches:
        'Rows of project_volume_operations and of their volumes, in one transaction; the rows are kept as evidence.',
      undo: 'The rows are in the evidence.',
      damage: 2,
      act: async (context) => ({ ...(await neutraliseVolumeOperations(siteOf(config, context))), ...known }),
      look: async (context) => {
        const seen = await listVolumeOperations(siteOf(config, context))
        return seen.state === 'done' ? { ...seen, ...known } : seen
      },
    }),
    ...heartbeats(config),
  ]
}
