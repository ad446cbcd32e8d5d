import { printable } from '../../../../shared/domain/printable.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { asUser, commandFailed } from '../live/on-host.ts'
import { findPgCtl } from '../restore/postgres-server.ts'
import { databaseUser, scriptOn, type Site } from '../restore/site.ts'
import { dataOf, type Trial } from './trial-site.ts'

const deadlineMs = 24 * 60 * 60_000

/**
 * What the server of a trial must not have from the cluster's configuration. Documented: an option of the command line stands above
 * every file, the restored postgresql.auto.conf too. Nobody reaches it but the owner of its folder; it archives nothing, follows and
 * feeds no other server, takes up no subscription, loads nothing, runs no command at the end of recovery, and writes no file outside
 * of its folder. Without hot standby no setting has to be as large as the primary's was.
 */
export function serverOptions({ dir }: Pick<Trial, 'dir'>): readonly (readonly [string, string])[] {
  return [
    ['config_file', `${dir}/postgresql.conf`],
    ['hba_file', `${dir}/pg_hba.conf`],
    ['ident_file', `${dir}/pg_ident.conf`],
    ['external_pid_file', ''],
    ['listen_addresses', ''],
    ['port', '5432'],
    ['unix_socket_directories', `${dir}/run`],
    ['unix_socket_permissions', '0700'],
    ['archive_mode', 'off'],
    ['archive_command', ''],
    ['archive_cleanup_command', ''],
    ['recovery_end_command', ''],
    ['primary_conninfo', ''],
    ['primary_slot_name', ''],
    ['max_logical_replication_workers', '0'],
    ['shared_preload_libraries', ''],
    ['session_preload_libraries', ''],
    ['local_preload_libraries', ''],
    ['hot_standby', 'off'],
    ['restart_after_crash', 'off'],
    ['autovacuum', 'off'],
    ['ssl', 'off'],
    ['logging_collector', 'off'],
    ['log_destination', 'stderr'],
    ['shared_buffers', '128MB'],
    ['huge_pages', 'off'],
    ['max_connections', '10'],
    ['cluster_name', 'holdfast-drill'],
  ]
}

/** It ended before it answered. */
const endedEarly = 10

/**
 * Documented (pg_controldata): a recovery needs as many prepared transactions as the primary could have. From source (postmaster.c): without
 * hot standby pg_ctl says that it is started as soon as recovery begins, so it is asked until it takes connections.
 */
const start = `${findPgCtl}
dir=$2
case $ctl in */*) bin=\${ctl%/*}/;; *) bin=;; esac
umask 077
echo 'local all all trust' >"$dir/pg_hba.conf" && : >"$dir/pg_ident.conf" && : >"$dir/postgresql.conf" || exit 1
prepared=$(LC_ALL=C "\${bin}pg_controldata" -D "$data" | sed -n 's/^max_prepared_xacts setting: *//p')
"$ctl" start -D "$data" -w -t 86400 -l "$dir/server.log" -o "$3 -c max_prepared_transactions=\${prepared:-0}" >/dev/null || exit ${endedEarly}
until "\${bin}pg_isready" -q -h "$dir/run" -p 5432; do
  "$ctl" status -D "$data" >/dev/null || exit ${endedEarly}
  sleep 0.2
done`

/** Null: it has left recovery and answers. Else why it did not; throws for what says nothing of the backup. */
export async function startTrial(site: Site, host: RemoteHost, trial: Trial): Promise<string | null> {
  const options = serverOptions(trial).map(([name, value]) => `-c ${name}='${value}'`)
  const output = await host.run(
    {
      argv: ['/bin/sh', '-c', start, 'sh', dataOf(trial), trial.dir, options.join(' ')],
      ...asUser(host.name, databaseUser(site)),
      deadlineMs,
    },
    site.session.signal,
  )
  if (output.code === 0) return null
  const log = output.code === endedEarly ? await endOfLog(site, host, trial) : ''
  if (output.code === endedEarly && !/No space left on device/.test(log)) {
    return `PostgreSQL ended before it answered. Its log says: ${log}`
  }
  throw commandFailed(host, 'pg_ctl start', output, {
    ...(log !== '' && { code: 'target.full' as const, why: log }),
    unchanged: 'Neither the cluster nor its backups were touched.',
    next: 'PostgreSQL of the same version has to be installed on that host, with room for the restored database.',
  })
}

async function endOfLog(site: Site, host: RemoteHost, { dir }: Trial): Promise<string> {
  const script = `grep -E 'FATAL|PANIC|ERROR' -- "$1" | grep -v 'not accepting connections' | tail -n 3`
  const text = await scriptOn(site, host, 'Reading the log', `${script} || :`, [`${dir}/server.log`])
  return printable(text.trim().replaceAll('\n', ' ')) || 'nothing.'
}
