import * as z from 'zod'
import { printable } from '../../../../shared/domain/printable.ts'
import { done, failed, notYet, whereFailing } from '../../../engine/runbook/outcomes.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import { chosenTool } from '../live/chosen-tool.ts'
import { asUser, commandFailed, notUnderstood } from '../live/on-host.ts'
import { psql } from '../live/psql.ts'
import { releasePostgres } from './hold.ts'
import {
  asRoot,
  closedConnection,
  databaseHost,
  databaseUser,
  dataFolder,
  scriptOn,
  toolHost,
  type Site,
} from './site.ts'

/**
 * pg_ctl of the version that the data folder is of: where Debian and the PostgreSQL project's own packages put it, then the path.
 * Documented (pg_ctl status): 0 runs, 3 does not, 4 no data folder.
 */
export const findPgCtl = `data=$1
version=$(cat "$data/PG_VERSION" 2>/dev/null)
ctl=pg_ctl
for folder in "/usr/lib/postgresql/$version/bin" "/usr/pgsql-$version/bin"; do
  if [ -n "$version" ] && [ -x "$folder/pg_ctl" ]; then ctl=$folder/pg_ctl; break; fi
done
`

/** From a folder that is no cluster no server can run. */
export async function serverState(
  site: Site,
  host: RemoteHost,
): Promise<'running' | 'stopped' | 'noCluster'> {
  const script = `${findPgCtl}
if [ ! -s "$data/PG_VERSION" ]; then echo noCluster; exit 0; fi
"$ctl" status -D "$data" >/dev/null
case $? in 0) echo running;; 3) echo stopped;; 4) echo noCluster;; *) exit 1;; esac`
  const said = (await scriptOn(site, host, 'pg_ctl status', script, [dataFolder(site)]))
    .trim()
    .split('\n')
    .at(-1)
  if (said === 'running' || said === 'stopped' || said === 'noCluster') return said
  throw notUnderstood('pg_ctl status', host.name, said ?? '')
}

/** Stops PostgreSQL, whoever started it; connections are ended. Nothing is done where it does not run. */
export async function stopPostgres(site: Site): Promise<Outcome> {
  const host = await databaseHost(site)
  if (site.config.postgresUnit !== '') {
    // Also where it is down already: a unit that is about to be restarted would come back.
    await asRoot(site, host, ['systemctl', 'stop', '--', site.config.postgresUnit], stopDeadlineMs)
  }
  if ((await serverState(site, host)) === 'running') await stopByHand(site, host)
  return lookStopped(site)
}

const stopDeadlineMs = 150_000

async function stopByHand(site: Site, host: RemoteHost): Promise<void> {
  const script = `${findPgCtl}
"$ctl" stop -D "$data" -m fast -w -t 120 >/dev/null`
  await scriptOn(site, host, 'pg_ctl stop', script, [dataFolder(site)], { deadlineMs: stopDeadlineMs })
}

export async function lookStopped(site: Site): Promise<Outcome> {
  const host = await databaseHost(site)
  const state = await serverState(site, host)
  const evidence = [{ name: 'pg_ctl status', value: state }]
  return state === 'running'
    ? notYet(`PostgreSQL runs in ${dataFolder(site)}.`, { evidence, next: 'Stop it.' })
    : done('PostgreSQL does not run.', { evidence })
}

/** A start replays WAL before it answers; how long that takes nobody knows before. */
const startDeadlineMs = 60 * 60_000

/**
 * Starts the restored database so that only its own host reaches it, through the socket, and waits until it has left recovery. Where
 * it runs like that already, nothing is done but the waiting.
 */
export async function startPostgresClosed(site: Site): Promise<Outcome> {
  const host = await databaseHost(site)
  const state = await serverState(site, host)
  if (state === 'noCluster')
    return failed(`${dataFolder(site)} holds no database.`, { next: 'Restore it first.' })
  if (state === 'stopped') {
    const started = await whereFailing(async () => {
      await startByHand(site, host, "-c listen_addresses=''")
      return done('It was started.')
    }, 'failed')
    if (started.state === 'failed') return started
  }
  for (let unanswered = 0; ;) {
    const seen = await lookClosed(site)
    // It answers while it replays, and may end all the same: where the WAL does not reach its target.
    if (['failed', 'unknown'].includes(seen.state) && (await serverState(site, host)) !== 'running')
      return endedInRecovery(site, host)
    // One that is ending takes the connections of those who ask along before it is gone itself.
    unanswered = seen.state === 'unknown' ? unanswered + 1 : 0
    if (seen.state !== 'notYet' && (unanswered === 0 || unanswered === mostUnanswered)) return seen
    site.line('info', seen.sentence)
    await site.session.clock.wait(recoveryLookMs, site.session.signal)
  }
}

const recoveryLookMs = 1000
const mostUnanswered = 10

async function endedInRecovery(site: Site, host: RemoteHost): Promise<Outcome> {
  const why = await endOfLog(site, host, startLog(site))
  return failed(`PostgreSQL ended while it replayed WAL.${why === null ? '' : ` ${why}`}`, {
    next: 'A target that lies behind the last archived WAL ends recovery like this: put the old data folder back, then choose another one.',
  })
}

function startLog(site: Pick<Site, 'config'>): string {
  return `${dataFolder(site)}.holdfast-start.log`
}

async function startByHand(site: Site, host: RemoteHost, options: string): Promise<void> {
  const { postgresConfig } = site.config
  const data = dataFolder(site)
  const log = startLog(site)
  const whole =
    postgresConfig === '' ? options : `${options} -c config_file='${postgresConfig.replaceAll("'", "'\\''")}'`
  const script = `${findPgCtl}
umask 077
: >"$2"
"$ctl" start -D "$data" -w -t 3600 -l "$2" -o "$3" >/dev/null`
  const output = await host.run(
    {
      argv: ['/bin/sh', '-c', script, 'sh', data, log, whole],
      ...asUser(host.name, databaseUser(site)),
      deadlineMs: startDeadlineMs,
    },
    site.session.signal,
  )
  if (output.code === 0) return
  throw commandFailed(host, 'pg_ctl start', output, {
    why: await endOfLog(site, host, log),
    next: 'Read the log of PostgreSQL; a target that lies behind the last archived WAL ends recovery like this.',
  })
}

async function endOfLog(site: Site, host: RemoteHost, log: string): Promise<string | null> {
  const text = await scriptOn(site, host, 'Reading the log', 'tail -n 12 -- "$1"', [log])
  const lines = text.split('\n').filter((line) => /FATAL|PANIC|ERROR/.test(line))
  return lines.length === 0 ? null : `Its log says: ${printable(lines.slice(-3).join(' '))}`
}

const openness = z.object({ isClosed: z.boolean(), inRecovery: z.boolean(), replayed: z.string().nullable() })

/** From `pg_settings`: a setting of the command line is one that this console, or a person, gave to this start alone. */
const opennessQuery = `SELECT json_build_object(
 'isClosed', (SELECT setting = '' AND source = 'command line' FROM pg_settings WHERE name = 'listen_addresses'),
 'inRecovery', pg_is_in_recovery(),
 'replayed', pg_last_wal_replay_lsn()::text)`

async function askOpenness(site: Site, host: RemoteHost): Promise<z.infer<typeof openness>> {
  const reached = { host, postgres: closedConnection(site), user: userOn(site, host), mayWrite: false }
  return psql(opennessQuery, openness, reached, site.session.signal)
}

/** `done`: closed, and out of recovery. `notYet`: it still replays. */
export async function lookClosed(site: Site): Promise<Outcome> {
  const host = await databaseHost(site)
  if ((await serverState(site, host)) !== 'running')
    return failed('PostgreSQL does not run.', { next: 'Start it closed.' })
  return whereFailing(async () => {
    const told = await askOpenness(site, host)
    const evidence = [{ name: 'pg_is_in_recovery', value: told.inRecovery ? 't' : 'f' }]
    if (!told.isClosed)
      return failed('PostgreSQL runs, and it is not closed: others may write into it.', {
        evidence,
        next: 'Stop it, then start it closed.',
      })
    return told.inRecovery
      ? notYet(`It replays WAL, up to ${printable(told.replayed ?? 'nothing yet')}.`, { evidence })
      : done('PostgreSQL runs, on its socket alone, and has left recovery.', { evidence })
  }, 'unknown')
}

/**
 * Ends the closed server and starts PostgreSQL as usual. `done` once the connection of this cluster answers. Where it is open already,
 * nothing is done.
 */
export async function openPostgres(site: Site): Promise<Outcome> {
  const host = await databaseHost(site)
  const state = await serverState(site, host)
  if (state === 'noCluster')
    return failed(`${dataFolder(site)} holds no database.`, { next: 'Restore it first.' })
  if (state === 'running') {
    const told = await askOpenness(site, host)
    if (told.inRecovery)
      return failed('PostgreSQL is in recovery still; it is not opened.', {
        next: 'Wait until it has left recovery.',
      })
    if (!told.isClosed) {
      await releasePostgres(site)
      return lookOpen(site)
    }
    await stopByHand(site, host)
  }
  await releasePostgres(site)
  const { postgresUnit } = site.config
  if (postgresUnit === '') await startByHand(site, host, '')
  else await asRoot(site, host, ['systemctl', 'start', '--', postgresUnit], stopDeadlineMs)
  for (let look = 1; ; look += 1) {
    const seen = await lookOpen(site)
    if (seen.state === 'done' || look === openLooks) return seen
    await site.session.clock.wait(recoveryLookMs, site.session.signal)
  }
}

const openLooks = 30

export async function lookOpen(site: Site): Promise<Outcome> {
  return whereFailing(async () => {
    const host = await toolHost(site)
    const user = chosenTool(site.config).userOn(host)
    const reached = { host, postgres: site.config.postgres, user, mayWrite: false }
    const told = await psql(opennessQuery, openness, reached, site.session.signal)
    if (told.isClosed) return notYet('PostgreSQL runs closed.')
    return told.inRecovery
      ? failed('It is a standby: kindling cannot write there.', {
          next: 'Find out why it did not leave recovery.',
        })
      : done('PostgreSQL is open, and a primary.', { evidence: [{ name: 'pg_is_in_recovery', value: 'f' }] })
  }, 'notYet')
}

export function userOn(site: Site, host: RemoteHost): string | null {
  return asUser(host.name, databaseUser(site)).asUser ?? null
}
