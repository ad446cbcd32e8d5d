import { printable } from '../../../../shared/domain/printable.ts'
import { heldUnits, releaseUnits, type HeldUnit } from '../../../engine/runbook/held-units.ts'
import type { UnitsThere } from '../../../engine/runbook/hold-step.ts'
import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { commandFailed } from '../live/on-host.ts'
import { kindlingUnits, loadedUnits } from '../live/units.ts'
import { readJournal, type PgdataJournal } from './pgdata-journal.ts'
import { databaseAddress, databaseHost, dataFolder, scriptOn, type Site } from './site.ts'

/** What would start on a host at boot, or by a person’s hand, and write into the database: kindling, and PostgreSQL itself. */
export async function unitsToHold(site: Site, { address, ssh }: HostAccess): Promise<UnitsThere> {
  const { session, config } = site
  const host = await session.host(address, ssh)
  const kindling = config.hosts.includes(address) ? await loadedUnits(host, session.signal) : []
  const postgres = address === databaseAddress(config) ? await postgresUnits(site, host) : null
  return {
    units: [...kindling.map(({ Id = '' }) => Id), ...(postgres ?? [])],
    cannot:
      postgres?.length === 0
        ? [
            `Which unit of systemd starts PostgreSQL on ${address} is not known: the connection names none that is there, and it runs in none. Nothing here keeps it from starting at boot.`,
          ]
        : [],
  }
}

/** Documented (PostgreSQL, postmaster.pid): the process and, from its source, its data folder as the folder it stands in. */
const whereItRuns = `{ read -r pid <"$1/postmaster.pid"; } 2>/dev/null || exit 0
[ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$(readlink -f "$1")" ] || exit 0
cat "/proc/$pid/cgroup"`

/** Of the units of this host, not of a person who logged in. Version 1 has a hierarchy of systemd's own, version 2 one for all. */
const serviceOfSystem =
  /^\d+:(?:name=systemd)?:\/system\.slice\/(?:[^/\n]+\.slice\/)*([^/\n]+\.service)(?:\/|$)/m

/**
 * The units that start PostgreSQL: the one in the connection and those that belong to it, since Debian's postgresql.service starts nothing
 * itself (`ConsistsOf` names postgresql@15-main.service there), and the one that it runs in.
 */
async function postgresUnits(site: Site, host: RemoteHost): Promise<readonly string[]> {
  const { session, config } = site
  const cgroup = await scriptOn(site, host, 'Looking for the unit of PostgreSQL', whereItRuns, [
    dataFolder(site),
  ])
  const running = serviceOfSystem.exec(cgroup)?.[1]
  const asked = [config.postgresUnit, running ?? ''].filter((unit) => unit !== '')
  if (asked.length === 0) return []
  const output = await host.run(
    {
      argv: ['systemctl', 'show', '--property=Id,LoadState,ConsistsOf', '--', ...asked] as const,
      deadlineMs: 30_000,
    },
    session.signal,
  )
  if (output.code !== 0)
    throw commandFailed(host, 'systemctl', output, { next: 'Check that systemd runs on that host.' })
  const loaded = output.stdout
    .trim()
    .split(/\n\s*\n/)
    .filter((block) => /^LoadState=loaded$/m.test(block))
  return [
    ...new Set(
      loaded.flatMap((block) => {
        const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(block)?.[1] ?? ''
        return [
          value('Id'),
          ...value('ConsistsOf')
            .split(' ')
            .filter((unit) => unit.endsWith('.service')),
        ]
      }),
    ),
  ]
}

const isKindling = ({ unit }: HeldUnit): boolean => kindlingUnits.some((name) => name === unit)

/** PostgreSQL alone: no unit of kindling starts before it is open. */
export async function releasePostgres(site: Site): Promise<void> {
  await release(site, databaseAddress(site.config), (held) => !isKindling(held))
}

export async function releaseKindling(site: Site, address: string): Promise<void> {
  await release(site, address, isKindling)
}

/** What any run of this cluster has held, one that was abandoned before too: whoever starts the units has a database that is whole. */
async function release(site: Site, address: string, isMeant: (held: HeldUnit) => boolean): Promise<void> {
  const host = { address, ssh: site.config.ssh }
  const held = (await heldUnits(host, site)).filter(isMeant)
  await releaseUnits(host, held, site)
  for (const { unit, run } of held)
    site.line(
      'info',
      `${address}: ${printable(unit)} may start again; it was held back by ${printable(run)}.`,
    )
}

/**
 * Why nothing may start though a run is given up: the restore that it is about stands in one of these states. Null: it does not.
 */
export async function whyNothingMayStart(
  site: Site,
  stamp: string,
  states: readonly PgdataJournal['state'][],
): Promise<string | null> {
  const journal = await readJournal(site, await databaseHost(site))
  if (journal === null || journal.stamp !== stamp || !states.includes(journal.state)) return null
  return `The database in ${dataFolder(site)} is between two states: its restore came as far as “${journal.state}”, and kindling was not started on it.`
}
