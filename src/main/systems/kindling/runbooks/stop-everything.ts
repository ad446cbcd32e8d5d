import { action } from '../../../engine/runbook/steps.ts'
import type { Step } from '../../../ports/runbook.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { lookStopped, stopPostgres } from '../restore/postgres-server.ts'
import { databaseAddress } from '../restore/site.ts'
import { stopUnits, unitsStopped } from '../restore/units.ts'
import { siteOf } from './site.ts'

/** Every unit on every host, then PostgreSQL. They are held back already, so that a boot starts none of them again. */
export function stopEverything(config: KindlingConnection, why: string): readonly Step[] {
  return [
    action({
      id: 'stop-units',
      section: 'safety',
      title: 'Stop every unit of kindling on every host',
      why,
      touches: `systemctl stop on ${config.hosts.join(', ')}.`,
      undo: 'Once they are no longer held back, start them again.',
      twin: 'systemctl stop kindling@api kindling@edge kindling@worker',
      damage: 1,
      act: async (context) => stopUnits(siteOf(config, context)),
      look: async (context) => unitsStopped(siteOf(config, context)),
    }),
    action({
      id: 'stop-postgres',
      section: 'safety',
      title: 'Stop PostgreSQL',
      why: 'A data folder in use cannot be moved.',
      touches: `PostgreSQL on ${databaseAddress(config)}.`,
      undo: 'Once it is no longer held back, start it again.',
      damage: 1,
      act: async (context) => stopPostgres(siteOf(config, context)),
      look: async (context) => lookStopped(siteOf(config, context)),
    }),
  ]
}
