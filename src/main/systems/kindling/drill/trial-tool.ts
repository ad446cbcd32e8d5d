import { createHash } from 'node:crypto'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { commandFailed, endWords, saidBy } from '../live/on-host.ts'
import { exitReason, pgBackRestCommand, withoutStanza } from '../live/pgbackrest.ts'
import type { Site } from '../restore/site.ts'
import { dataOf, type Trial } from './trial-site.ts'

const deadlineMs = 24 * 60 * 60_000
/** Of a large database it has tens of megabytes. */
const manifestDeadlineMs = 10 * 60_000

/**
 * Where the tool keeps what it needs itself: a lock or a spool of the cluster's own would hold up its archive, or a restore in
 * earnest.
 */
function ownPaths(trial: Trial): readonly string[] {
  return [
    `--pg1-path=${dataOf(trial)}`,
    `--lock-path=${trial.dir}/lock`,
    `--log-path=${trial.dir}/log`,
    '--log-level-file=off',
  ]
}

/** `all`: the backup and all WAL that was archived since; `itself`: the backup as it was when it was consistent. */
export type Reach = 'all' | 'itself'

/**
 * Run here: 2.45. Documented: tablespaces go to where they came from, which is where the cluster has them, unless they are mapped, and
 * a configuration file may map them, follow links, or leave databases out. From source (restore.c): `archive-mode=off` is written
 * into the restored configuration, from PostgreSQL 12 on; an earlier one is refused.
 */
export function trialArguments(
  config: Pick<KindlingConnection, 'stanza' | 'toolConfig'>,
  trial: Trial,
  { label, reach }: { readonly label: string; readonly reach: Reach },
): readonly string[] {
  const own = ownPaths(trial)
  const getWal = [
    'pgbackrest',
    `--stanza=${config.stanza}`,
    ...(config.toolConfig === '' ? [] : [`--config=${config.toolConfig}`]),
    ...own,
    '--no-archive-async',
    'archive-get',
  ]
  return [
    ...own,
    `--set=${label}`,
    ...(reach === 'all' ? ['--type=default'] : ['--type=immediate', '--target-action=promote']),
    '--archive-mode=off',
    `--recovery-option=restore_command=${getWal.join(' ')} %f "%p"`,
    '--reset-tablespace-map',
    `--tablespace-map-all=${trial.dir}/tablespaces`,
    '--no-link-all',
    '--reset-link-map',
    '--reset-db-include',
    '--reset-db-exclude',
    '--no-delta',
    'restore',
  ]
}

/** Ends that the bytes of the backup bring about: wrong checksums, files that cannot be read or are missing, a set that is not valid. */
const blamesBackup: ReadonlySet<number | null> = new Set([26, 42, 55, 75])

/** Null: it is restored. Else why the backup could not be; throws for what says nothing of it. */
export async function restoreTrial(
  site: Site,
  host: RemoteHost,
  trial: Trial,
  wanted: { readonly label: string; readonly reach: Reach },
): Promise<string | null> {
  const args = trialArguments(site.config, trial, wanted)
  const output = await host.run(pgBackRestCommand(site.config, host, args, deadlineMs), site.session.signal)
  if (output.code === 0) return null
  if (blamesBackup.has(output.code)) {
    return [`pgbackrest restore ended with ${endWords(output)}.`, exitReason(output.code), saidBy(output)]
      .filter((part) => part !== null && part !== '')
      .join(' ')
  }
  throw commandFailed(host, 'pgbackrest restore', output, {
    why: exitReason(output.code),
    unchanged: 'Neither the cluster nor its backups were touched.',
    next: 'Mend what it names, then drill again.',
  })
}

/** Throws `target.refused` where the tool on that host would restore another backup than the one that was proved here. */
export async function demandSameBackup(
  site: Site,
  host: RemoteHost,
  { label, manifestSha256 }: { readonly label: string; readonly manifestSha256: string },
): Promise<void> {
  const { stanza } = site.config
  const args = ['--raw', 'repo-get', `backup/${stanza}/${label}/backup.manifest`]
  const command = withoutStanza(pgBackRestCommand(site.config, host, args, manifestDeadlineMs))
  const running = await host.start(command, site.session.signal)
  const hash = createHash('sha256')
  for await (const piece of running.stdout) hash.update(piece)
  const ended = await running.ended
  if (ended.code !== 0) {
    throw commandFailed(host, 'pgbackrest repo-get', ended, {
      why: exitReason(ended.code),
      unchanged: 'Nothing was written.',
      next: 'pgBackRest on that host has to have the stanza and its repository; the first one has to hold this backup.',
    })
  }
  if (hash.digest('hex') === manifestSha256) return
  throw new HoldfastError('target.refused', {
    what: `pgBackRest on ${host.name} has another ${label} than the repository of this cluster here.`,
    why: 'The manifests differ, so a drill there would show nothing of the backup that was proved.',
    unchanged: 'Nothing was written.',
    next: 'Compare the repository of the cluster here with repo1 of that host.',
  })
}
