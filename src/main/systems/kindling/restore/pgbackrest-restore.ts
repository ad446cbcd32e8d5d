import { sh } from '../../../engine/runbook/twins.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { commandFailed } from '../live/on-host.ts'
import { exitReason, pgBackRestCommand } from '../live/pgbackrest.ts'
import { readPgBackRestPoints } from './pgbackrest-points.ts'
import type { RestoreWish } from './pgdata-journal.ts'
import { targetText, type RestoreTool } from './restore-tool.ts'
import { databaseHost, dataFolder, scriptOn, tells, type Site } from './site.ts'

const restoreDeadlineMs = 24 * 60 * 60_000

/** pgBackRest runs where PostgreSQL does, as the user that owns its files. */
export function pgBackRestRestore(config: KindlingConnection): RestoreTool {
  return {
    name: 'pgBackRest',
    listTwin: sh`pgbackrest --stanza=${config.stanza} info --output=json`,
    restoreTwin: (wish) =>
      sh`pgbackrest --stanza=${config.stanza} ${restoreArguments(wish, dataFolder({ config }), false)}`,
    isLabel: (text) => /^\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?$/.test(text),
    readPoints: readPgBackRestPoints,
    restore,
    isRunning: async (site) =>
      tells(site, await databaseHost(site), 'pgrep -u "$(id -u)" -f -- "--pg1-path=$1 .*restore" >/dev/null'),
  }
}

/** The arguments of one restore, as they are run and shown. */
function restoreArguments(wish: RestoreWish, folder: string, isAgain: boolean): readonly string[] {
  return [
    // What its configuration says has to be what was moved aside.
    `--pg1-path=${folder}`,
    ...(wish.label === null ? [] : [`--set=${wish.label}`]),
    `--type=${wish.type}`,
    ...(wish.type === 'time' ? [`--target=${targetText(wish.target)}`] : []),
    // From source (build/config.yaml): `pause` where nothing is said, which leaves a server that cannot be written to; not taken with `default`.
    ...(wish.type === 'default' ? [] : ['--target-action=promote']),
    ...(isAgain ? ['--delta'] : []),
    'restore',
  ]
}

async function restore(site: Site, wish: RestoreWish): Promise<void> {
  const host = await databaseHost(site)
  // From source (command/restore/restore.c, `restorePathValidate`): --delta is refused for a folder that pgBackRest has not marked yet.
  const isAgain = await tells(site, host, '[ -e "$1/PG_VERSION" ] || [ -e "$1/backup.manifest" ]')
  if (!isAgain) await emptyFolder(site, host)
  const args = restoreArguments(wish, dataFolder(site), isAgain)
  site.line('info', `Running pgbackrest ${args.join(' ')} on ${host.name}; it tells nothing before it ends.`)
  const output = await host.run(
    pgBackRestCommand(site.config, host, args, restoreDeadlineMs),
    site.session.signal,
  )
  if (output.code === 0) return
  throw commandFailed(host, 'pgbackrest restore', output, {
    ...(output.code === 50 && { code: 'master.busy' as const }),
    why: exitReason(output.code),
    unchanged: 'The old data folder stands aside as it was.',
    next:
      output.code === 50
        ? 'Wait until the other run has ended.'
        : 'Mend what it names, then restore again: it goes on where it was.',
  })
}

/** Only of a folder in which this restore alone has written, before pgBackRest had marked it. */
async function emptyFolder(site: Site, host: RemoteHost): Promise<void> {
  await scriptOn(site, host, 'Emptying the new data folder', 'find "$1" -mindepth 1 -delete', [
    dataFolder(site),
  ])
}
