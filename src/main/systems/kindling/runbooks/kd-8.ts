import { HoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { mustRunOn, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { restartUnit } from '../../../engine/runbook/restart-unit.ts'
import { check, confirm, manual } from '../../../engine/runbook/steps.ts'
import type { Outcome, Runbook, RunbookSetting, Step, StepContext } from '../../../ports/runbook.ts'
import { asUser } from '../live/on-host.ts'
import { postgresChecks } from '../restore/checks.ts'
import { databaseAddress } from '../restore/site.ts'
import { serversTold } from './servers-told.ts'
import { connectionOf, siteOf } from './site.ts'

const components = ['api', 'edge', 'worker'] as const

export const kd8: Runbook = {
  id: 'KD-8',
  system: 'kindling',
  title: 'Let the platform hear of changes again',
  when: 'The units run, and what they show is stale, or their log says “WAL listener failed”.',
  costs: ['The unit that is restarted is away for a moment; a worker takes its guests with it.'],
  inputs: [
    {
      name: 'host',
      label: 'Host of the unit to restart',
      help: 'As it stands in the connection. One at a time: begin another run for the next one.',
      example: 'admin@kindling-1',
      required: true,
      usual: '',
    },
    {
      name: 'component',
      label: 'Component',
      help: 'api, edge or worker.',
      example: 'api',
      required: true,
      usual: 'api',
    },
  ],
  steps,
}

function steps(setting: RunbookSetting): readonly Step[] {
  const config = connectionOf(setting)
  const host = {
    address: oneOf(config.hosts, setting.inputs['host'], 'host of its connection'),
    ssh: config.ssh,
  }
  const component = oneOf(components, setting.inputs['component'], 'component of kindling')
  // Source (contrib/systemd).
  const unit = `kindling@${component}.service`
  return [
    check({
      id: 'database',
      section: 'before',
      title: 'See slots, role and wal_level',
      why: 'The units hear of changes through a replication slot; past a pooler they do not [from source].',
      touches: `Asks PostgreSQL on ${databaseAddress(config)}.`,
      skip: 'operator',
      look: async (context) => postgresChecks(siteOf(config, context), { isClosed: false }),
    }),
    check({
      id: 'log',
      section: 'before',
      title: 'See what the unit says of its WAL listener',
      why: 'A listener that fails says why; a restart alone does not mend a DSN that leads through a pooler.',
      touches: `Reads the journal of ${unit} on ${host.address}.`,
      look: async (context) => {
        const said = await listenerFailures(host, unit, '-10min', context)
        return done(
          said.length === 0
            ? 'Its log has no failure of the WAL listener in the last 10 min.'
            : `Its WAL listener failed ${said.length} times in the last 10 min, at last: ${said.at(-1) ?? ''}`,
          { evidence: said.slice(-3).map((value) => ({ name: 'log', value })) },
        )
      },
    }),
    manual({
      id: 'cause',
      section: 'before',
      title: 'Mend what the log names',
      why: 'The file of the replication DSN holds a password, and never comes here; clocks and poolers belong to the site.',
      does: [
        'Let the replication DSN lead to PostgreSQL itself, past any pooler.',
        'Set the clock of the host right.',
      ],
    }),
    confirm({
      id: 'confirm-restart',
      section: 'before',
      title: 'Confirm what stops',
      why: 'Never all workers at once: 30 s without a heartbeat and their guests are placed anew.',
      of: [],
      says: async () => [
        `${unit} on ${host.address} is away for a moment.`,
        ...(component === 'worker'
          ? [
              'A worker takes its guests down with it, unless KINDLING_PRESERVE_WORKLOADS_ON_SHUTDOWN is 1 there.',
            ]
          : []),
      ],
    }),
    ...restartUnit({
      id: 'restart',
      host,
      unit,
      // Units are root's.
      asUser: asUser(host.address, 'root').asUser ?? null,
      why: 'A process that starts opens its slot anew. One unit, and a look before the next one.',
      undo: 'Nothing to take back: it runs as before.',
      whereItRuns: 'restart',
    }),
    check({
      id: 'accept-log',
      section: 'accept',
      title: 'Its WAL listener does not fail any more',
      why: 'It tries again after 1 s, then up to every 30 s [from source]: a failure that is left shows within a minute.',
      touches: `Reads the journal of ${unit} on ${host.address}.`,
      skip: 'operator',
      look: async (context) => sinceRestart(host, unit, context),
    }),
    serversTold('accept'),
  ]
}

async function sinceRestart(host: HostAccess, unit: string, context: StepContext): Promise<Outcome> {
  const { stdout } = await mustRunOn(
    host,
    { argv: ['systemctl', 'show', '--property=ActiveEnterTimestamp', '--', unit], deadlineMs: 30_000 },
    context,
  )
  const at = /^ActiveEnterTimestamp=(.+)$/m.exec(stdout)?.[1]?.trim() ?? ''
  if (at === '') return notYet('systemd does not tell since when it runs.', { next: 'Look again.' })
  const said = await listenerFailures(host, unit, at, context)
  const last = said.at(-1)
  return last === undefined
    ? done(`No failure of the WAL listener since ${printable(at)}.`)
    : failed(`It failed again: ${last}`, { next: 'Mend what it names, then begin another run.' })
}

/** From source (internal/listener): the words of a listener that lost its connection or its slot. */
async function listenerFailures(
  host: HostAccess,
  unit: string,
  since: string,
  context: StepContext,
): Promise<readonly string[]> {
  const { stdout } = await mustRunOn(
    host,
    {
      argv: ['journalctl', '--no-pager', '--output=cat', `--since=${since}`, `--unit=${unit}`],
      ...asUser(host.address, 'root'),
      deadlineMs: 60_000,
    },
    context,
  )
  return stdout
    .split('\n')
    .filter((line) => line.includes('WAL listener failed'))
    .map((line) => printable(line.trim().slice(0, 300)))
}

function oneOf<T extends string>(known: readonly T[], given: string | undefined, what: string): T {
  const found = known.find((each) => each === (given ?? '').trim())
  if (found !== undefined) return found
  throw new HoldfastError('usage', {
    what: `${JSON.stringify(given ?? '')} is no ${what}.`,
    unchanged: 'Nothing was begun.',
    next: `Give one of: ${known.join(', ')}.`,
  })
}
