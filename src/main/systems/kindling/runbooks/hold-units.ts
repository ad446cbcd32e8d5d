import { holdStep } from '../../../engine/runbook/hold-step.ts'
import type { ActionStep, StepContext } from '../../../ports/runbook.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { kindlingUnits } from '../live/units.ts'
import { unitsToHold } from '../restore/hold.ts'
import { databaseAddress } from '../restore/site.ts'
import { databaseHostsOf, siteOf } from './site.ts'

/** Before anything stops: a reboot in the middle starts nothing on a database that is not whole. */
export function holdUnits(
  config: KindlingConnection,
  keeps: (context: StepContext) => Promise<string | null>,
): ActionStep {
  return holdStep({
    id: 'hold-units',
    title: 'Keep kindling and PostgreSQL from starting by themselves',
    why: 'What is enabled starts when a host is rebooted, and a worker carries out the volume operations that it reads: those of a database that is half restored are of the past.',
    hosts: databaseHostsOf(config),
    usualUnits: [...kindlingUnits.slice(0, 3), ...(config.postgresUnit === '' ? [] : [config.postgresUnit])],
    units: async (host, context) => unitsToHold(siteOf(config, context), host),
    keeps,
  })
}

export function whatIsHeld(config: KindlingConnection): readonly string[] {
  const where = databaseAddress(config)
  return [
    'No unit of kindling starts until this run starts it, neither where a host is rebooted nor by systemctl start. Where the run is abandoned half way, that stays so, and it is said how it is ended.',
    config.postgresUnit === ''
      ? `The connection names no unit of PostgreSQL: on ${where} the one that it runs in is held too. Where it runs in none, a reboot of that host may start PostgreSQL; see to it that nothing does.`
      : `The same holds for ${config.postgresUnit} on ${where}.`,
  ]
}
