import { HoldfastError } from '../../../../shared/domain/error.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import { commandFailed } from '../live/on-host.ts'
import { exitReason, pgBackRestCommand } from '../live/pgbackrest.ts'
import { readJournal, writeJournal, type RestoreWish } from './pgdata-journal.ts'
import { refused, refuseOther } from './pgdata.ts'
import { serverState } from './postgres-server.ts'
import { databaseHost, dataFolder, scriptOn, type Site } from './site.ts'

const restoreDeadlineMs = 24 * 60 * 60_000

/** The arguments of one restore, as they are run and shown. */
export function restoreArguments(wish: RestoreWish, folder: string, isAgain: boolean): readonly string[] {
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

/** As pgBackRest and PostgreSQL read it, with its zone. */
function targetText(iso: string): string {
  return `${new Date(iso).toISOString().replace('T', ' ').replace('Z', '')}+00`
}

/**
 * Restores into the new, empty data folder, as the user of the tool. Called again after a run that was cut short it goes on with
 * `--delta`; after one that ended, it changes nothing. Another wish than the one that was begun is refused.
 */
export async function pgbackrestRestore(site: Site, stamp: string, wish: RestoreWish): Promise<Outcome> {
  refuseWish(wish)
  const folder = dataFolder(site)
  const host = await databaseHost(site)
  const journal = await readJournal(site, host)
  refuseOther(journal, stamp, host)
  if (
    journal === null ||
    journal.stamp !== stamp ||
    ['moving', 'puttingBack', 'back'].includes(journal.state)
  )
    throw refused(host, `${folder} was not moved aside.`, 'Nothing was changed.', 'Move it aside first.')
  if (journal.wish !== null && JSON.stringify(journal.wish) !== JSON.stringify(wish))
    throw refused(
      host,
      `A restore to another point was begun there: ${wishWords(journal.wish)}.`,
      'Nothing was changed.',
      'Put the old data folder back, then begin anew.',
    )
  if (journal.state === 'restored' || journal.state === 'closed') return lookRestored(site, stamp, wish)
  if ((await serverState(site, host)) === 'running')
    throw refused(host, `PostgreSQL runs in ${folder}.`, 'Nothing was changed.', 'Stop it first.')
  const isEmpty = await isEmptyFolder(site)
  if (!isEmpty && journal.state === 'moved')
    throw refused(
      host,
      `${folder} is not empty, and no restore was begun there.`,
      'Nothing was changed.',
      'Look at what lies in it.',
    )
  await writeJournal(site, host, { ...journal, state: 'restoring', wish })
  // From source (command/restore/restore.c): --delta is refused for a folder that pgBackRest has not marked yet.
  const args = restoreArguments(wish, folder, !isEmpty && (await isMarked(site)))
  if (!isEmpty && !args.includes('--delta')) await emptyFolder(site)
  site.line('info', `Running pgbackrest ${args.join(' ')} on ${host.name}; it tells nothing before it ends.`)
  const output = await host.run(
    pgBackRestCommand(site.config, host, args, restoreDeadlineMs),
    site.session.signal,
  )
  if (output.code !== 0) {
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
  await writeJournal(site, host, { ...journal, state: 'restored', wish })
  return lookRestored(site, stamp, wish)
}

/** Whether this very restore has ended. `notYet`: it has not, and may be asked for again; `unknown`: it was begun, and may go on. */
export async function lookRestored(site: Site, stamp: string, wish: RestoreWish): Promise<Outcome> {
  const host = await databaseHost(site)
  const journal = await readJournal(site, host)
  const evidence = [
    { name: 'journal', value: journal === null ? 'none' : `${journal.state} (${journal.stamp})` },
  ]
  if (journal === null || journal.stamp !== stamp) return notYet('No restore was begun.', { evidence })
  const isSame = journal.wish !== null && JSON.stringify(journal.wish) === JSON.stringify(wish)
  switch (journal.state) {
    case 'restored':
    case 'closed':
      if (!isSame) return failed('Another point was restored.', { evidence })
      return (await isWhole(site))
        ? done(`pgBackRest restored ${wishWords(wish)} into ${dataFolder(site)}.`, { evidence })
        : failed(`The restore ended, and ${dataFolder(site)} holds no whole database.`, {
            evidence,
            next: 'Put the old data folder back, then begin anew.',
          })
    case 'restoring':
      return (await isRunning(site))
        ? unknown('pgBackRest restores there now.', { evidence, next: 'Wait until it has ended.' })
        : notYet('A restore was begun there and did not end.', {
            evidence,
            next: 'Restore again: it goes on where it was.',
          })
    case 'moving':
    case 'moved':
    case 'puttingBack':
    case 'back':
      return notYet('Nothing was restored yet.', { evidence })
  }
}

export function wishWords(wish: RestoreWish): string {
  switch (wish.type) {
    case 'default':
      return `${wish.label ?? 'the newest backup'} and all archived WAL`
    case 'immediate':
      return `${wish.label} as it was`
    case 'time':
      return `${wish.label} and the WAL until ${wish.target}`
  }
}

async function isEmptyFolder(site: Site): Promise<boolean> {
  const host = await databaseHost(site)
  const text = await scriptOn(site, host, 'Looking at the data folder', 'ls -A -- "$1" | head -n 1', [
    dataFolder(site),
  ])
  return text.trim() === ''
}

/** From source (command/restore/restore.c, `restorePathValidate`): what `--delta` wants to see. */
async function isMarked(site: Site): Promise<boolean> {
  return tells(site, '[ -e "$1/PG_VERSION" ] || [ -e "$1/backup.manifest" ]')
}

/** pg_control is put into place last (documented: pgBackRest, restore), so that no half of a restore can be started. */
async function isWhole(site: Site): Promise<boolean> {
  return tells(site, '[ -s "$1/PG_VERSION" ] && [ -s "$1/global/pg_control" ]')
}

async function isRunning(site: Site): Promise<boolean> {
  return tells(site, 'pgrep -u "$(id -u)" -f -- "--pg1-path=$1 .*restore" >/dev/null')
}

async function tells(site: Site, condition: string): Promise<boolean> {
  const host = await databaseHost(site)
  const script = `if ${condition}; then echo yes; else echo no; fi`
  const text = await scriptOn(site, host, 'Looking at the data folder', script, [dataFolder(site)])
  return text.trim().split('\n').at(-1) === 'yes'
}

/** Only of a folder in which this restore alone has written, before pgBackRest had marked it. */
async function emptyFolder(site: Site): Promise<void> {
  const host = await databaseHost(site)
  await scriptOn(site, host, 'Emptying the new data folder', 'find "$1" -mindepth 1 -delete', [
    dataFolder(site),
  ])
}

function refuseWish(wish: RestoreWish): void {
  const isLabel = wish.label === null || /^\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?$/.test(wish.label)
  const isTime = wish.type !== 'time' || !Number.isNaN(Date.parse(wish.target))
  if (isLabel && isTime) return
  throw new HoldfastError('usage', {
    what: 'This is no point that pgBackRest could restore.',
    why: isLabel ? 'The target is no time.' : 'The label is none of pgBackRest.',
    unchanged: 'Nothing was changed.',
    next: 'Choose one of those that pgbackrest info lists.',
  })
}
