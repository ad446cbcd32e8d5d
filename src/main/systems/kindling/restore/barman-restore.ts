import * as z from 'zod'
import { sh } from '../../../engine/runbook/twins.ts'
import { lastSecond } from '../last-second.ts'
import { barman, barmanCommand, barmanUser, reasonOf } from '../live/barman.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { asUser, commandFailed, jsonOf } from '../live/on-host.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { RestoreWish } from './pgdata-journal.ts'
import type { RestorePoints } from './restore-points.ts'
import { targetText, type RestoreTool } from './restore-tool.ts'
import { databaseHost, dataFolder, scriptOn, toolHost, type Site } from './site.ts'

const lookDeadlineMs = 60_000
const restoreDeadlineMs = 24 * 60 * 60_000

/** Barman writes into the data folder over SSH, as the user that owns it: it may have a host of its own. Run here: 3.4.0. */
export function barmanRestore(config: KindlingConnection): RestoreTool {
  return {
    name: 'Barman',
    listTwin: sh`barman list-backups ${config.stanza}`,
    restoreTwin: (wish) => sh`TZ=UTC barman ${restoreArguments(config, wish)}`,
    isLabel: (text) => /^\d{8}T\d{6}$/.test(text),
    readPoints,
    restore,
    isRunning,
  }
}

function restoreArguments(config: KindlingConnection, wish: RestoreWish): readonly string[] {
  return [
    // `restore` in later versions, which take this name too (from source: cli.py).
    'recover',
    '--remote-ssh-command',
    config.databaseSsh,
    // From source (server.py, get_required_xlog_files): else WAL of timelines after the backup's is left out.
    '--target-tli',
    'latest',
    ...(wish.type === 'time' ? ['--target-time', targetText(wish.target)] : []),
    ...(wish.type === 'immediate' ? ['--target-immediate'] : []),
    // From source (recovery_executor.py): refused where nothing tells where to end.
    ...(wish.type === 'default' ? [] : ['--target-action', 'promote']),
    config.stanza,
    wish.label ?? 'latest',
    dataFolder({ config }),
  ]
}

async function readPoints(site: Site): Promise<RestorePoints> {
  const host = await toolHost(site)
  const { backups } = await barman(site.config).look(host, site.session.signal)
  const points = backups.flatMap(({ id, type, endedMs, isUsable, flaw }) =>
    isUsable && endedMs !== null ? [{ label: id, type, stoppedMs: endedMs, flaw }] : [],
  )
  // Whether one is under way nothing tells.
  return { obstacles: [], points, ...(await archiveOf(site, host)) }
}

/** From source (infofile.py, to_xlogdb_line): name, size, time in seconds, compression; Barman’s own list of what was archived. */
const listed = /^([0-9A-F]{24})\t\d+\t([\d.]+)\t/

/** The list can be long. */
const ends = `grep -E '^[0-9A-F]{24}[[:space:]]' -- "$1" | sed -n '1p;$p'`

async function archiveOf(
  site: Site,
  host: RemoteHost,
): Promise<Pick<RestorePoints, 'archive' | 'archivedUntilMs'>> {
  const { stanza: server } = site.config
  const { signal } = site.session
  const nothing = { archive: null, archivedUntilMs: null }
  const told = await host.run(
    barmanCommand(site.config, host, ['show-servers', server], lookDeadlineMs),
    signal,
  )
  if (told.code !== 0) return nothing
  const folder = z
    .object({ [server]: z.object({ wals_directory: z.string().startsWith('/') }) })
    .safeParse(jsonOf(told.stdout, 'barman show-servers', host)).data?.[server]?.wals_directory
  if (folder === undefined) return nothing
  const text = await host.run(
    {
      argv: ['/bin/sh', '-c', ends, 'sh', `${folder}/xlog.db`],
      ...asUser(host.name, barmanUser(site.config)),
      deadlineMs: lookDeadlineMs,
    },
    signal,
  )
  const segments = text.stdout.split('\n').flatMap((line) => {
    const [, name, seconds] = listed.exec(line) ?? []
    return name === undefined || !(Number(seconds) <= lastSecond)
      ? []
      : [{ name, atMs: Number(seconds) * 1000 }]
  })
  const [first] = segments
  const last = segments.at(-1)
  return first === undefined || last === undefined
    ? nothing
    : { archive: { min: first.name, max: last.name }, archivedUntilMs: Math.floor(last.atMs) }
}

async function restore(site: Site, wish: RestoreWish): Promise<void> {
  const host = await toolHost(site)
  const args = restoreArguments(site.config, wish)
  site.line('info', `Running barman ${args.join(' ')} on ${host.name}; it tells nothing before it ends.`)
  const output = await host.run(
    {
      ...barmanCommand(site.config, host, args, restoreDeadlineMs),
      // From source (recovery_executor.py, _set_pitr_targets): which WAL is copied is reckoned in the zone of the process, whatever zone the target has.
      environment: { TZ: 'UTC' },
    },
    site.session.signal,
  )
  if (output.code !== 0) {
    throw commandFailed(host, 'barman recover', output, {
      ...reasonOf(output),
      unchanged: 'The old data folder stands aside as it was.',
      next: 'Mend what it names, then restore again: rsync copies what is missing.',
    })
  }
  await leaveForRecovery(site)
}

/**
 * From source (recovery_executor.py): without a target Barman puts all WAL into pg_wal, and PostgreSQL goes on in the timeline of the
 * lost database, under names that the archive has already. Told to recover (documented: recovery.signal) it replays the same WAL
 * and goes on in a new one.
 */
async function leaveForRecovery(site: Site): Promise<void> {
  const script = `[ -e "$1/recovery.signal" ] && exit 0
umask 077
printf "restore_command = 'false'\\n" >>"$1/postgresql.auto.conf" && : >"$1/recovery.signal"`
  await scriptOn(site, await databaseHost(site), 'Preparing the recovery', script, [dataFolder(site)])
}

async function isRunning(site: Site): Promise<boolean> {
  const host = await toolHost(site)
  // The brackets keep the pattern from matching this very shell.
  const script = `ps -u "$(id -u)" -o args= | grep -F -- " $1" | grep -q '[b]arman .*recover'`
  const { code } = await host.run(
    {
      argv: ['/bin/sh', '-c', script, 'sh', dataFolder(site)],
      ...asUser(host.name, barmanUser(site.config)),
      deadlineMs: lookDeadlineMs,
    },
    site.session.signal,
  )
  return code === 0
}
