import { HoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { renameScript } from '../../../../shared/domain/rename-script.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import { readJournal, writeJournal, type PgdataJournal } from './pgdata-journal.ts'
import { serverState } from './postgres-server.ts'
import { dataFolder, databaseHost, scriptOn, type Site } from './site.ts'

const asideEnding = '.before-restore-'

/** Where the old data folder is kept. `stamp`: letters, digits and dashes, the same each time one run asks. */
export function asidePath(site: Pick<Site, 'config'>, stamp: string): string {
  return `${dataFolder(site)}${asideEnding}${stamp}`
}

function restoredPath(site: Pick<Site, 'config'>, stamp: string): string {
  return `${dataFolder(site)}.restored-${stamp}`
}

/**
 * Renames the data folder and makes a new, empty one with the same owner, which nobody else may enter. Called again after a crash it
 * goes on where it was; a second call after it is done changes nothing.
 */
export async function movePgdataAside(site: Site, stamp: string): Promise<Outcome> {
  refuseStamp(stamp)
  const folder = dataFolder(site)
  const host = await databaseHost(site)
  const journal = await readJournal(site, host)
  refuseOther(journal, stamp, host)
  const isNew = journal === null || journal.stamp !== stamp || isOver(journal)
  if (!isNew && journal.state !== 'moving') return lookAside(site, stamp)
  await refuseRunning(site, host)
  if (isNew) {
    await refuseTablespaces(site, host)
    await writeJournal(site, host, { format: 'holdfast-pgdata/1', stamp, state: 'moving', wish: null })
  }
  // The rename first: where it was made, the old folder is never touched again. A lost disk has no old folder; the new one of a call
  // that was cut short, or one that somebody has made, is empty and no old database.
  const script = `${renameScript}set -e
umask 077
if [ -e "$1" ] && [ ! -e "$2" ]; then
  rmdir -- "$1" 2>/dev/null || rename "$1" "$2"
fi
if [ ! -e "$1" ]; then
  if [ -e "$1.new-holdfast" ]; then rmdir -- "$1.new-holdfast"; fi
  mkdir -m 700 -- "$1.new-holdfast"
  rename "$1.new-holdfast" "$1"
fi
sync "$(dirname "$1")"`
  await scriptOn(site, host, 'Moving the data folder aside', script, [folder, asidePath(site, stamp)], {
    next: 'The data folder has to lie in a folder where the user of the tool may rename it; a mount point of its own cannot be renamed.',
  })
  await writeJournal(site, host, { format: 'holdfast-pgdata/1', stamp, state: 'moved', wish: null })
  return lookAside(site, stamp)
}

/** Whether the old folder stands aside and there is a new one. */
export async function lookAside(site: Site, stamp: string): Promise<Outcome> {
  const folder = dataFolder(site)
  const aside = asidePath(site, stamp)
  const host = await databaseHost(site)
  const journal = await readJournal(site, host)
  const there = await foldersThere(site, host, [folder, aside])
  const evidence = [
    { name: folder, value: there[0] === true ? 'there' : 'not there' },
    { name: aside, value: there[1] === true ? 'there' : 'not there' },
    { name: 'journal', value: journal === null ? 'none' : `${journal.state} (${journal.stamp})` },
  ]
  const isMoved =
    journal !== null && journal.stamp === stamp && !['moving', 'puttingBack', 'back'].includes(journal.state)
  if (!isMoved || there[0] !== true) return notYet('The old data folder was not moved aside.', { evidence })
  const kept =
    there[1] === true
      ? `The old data folder is kept as ${aside}.`
      : 'There was no old data folder; nothing is kept of it.'
  return done(`${kept} ${folder} is new.`, { evidence, learnt: { aside: there[1] === true ? aside : '' } })
}

/**
 * Rolls back: the restored folder is put beside, and the old one back into its place. Called again after a crash it goes on where it
 * was. The restored folder is kept.
 */
export async function putPgdataBack(site: Site, stamp: string): Promise<Outcome> {
  refuseStamp(stamp)
  const folder = dataFolder(site)
  const host = await databaseHost(site)
  const journal = await readJournal(site, host)
  refuseOther(journal, stamp, host)
  if (journal?.state === 'back') return lookBack(site, stamp)
  const aside = asidePath(site, stamp)
  const why = await whyNotReturnable(site, host, journal, stamp)
  if (why !== null || journal === null)
    throw refused(host, why ?? '', 'Nothing was changed.', `Look at what lies beside ${folder}.`)
  await refuseRunning(site, host)
  await writeJournal(site, host, { ...journal, state: 'puttingBack' })
  const script = `${renameScript}set -e
if [ -e "$2" ]; then
  if [ -e "$1" ]; then
    if [ -e "$3" ]; then echo "$3 is there already" >&2; exit 1; fi
    rename "$1" "$3"
  fi
  rename "$2" "$1"
fi
sync "$(dirname "$1")"`
  await scriptOn(site, host, 'Putting the data folder back', script, [
    folder,
    aside,
    restoredPath(site, stamp),
  ])
  await writeJournal(site, host, { ...journal, state: 'back' })
  return lookBack(site, stamp)
}

/** Whether the folder that the run moved aside can take its place again; nothing is changed. `done` also once it has. */
export async function lookReturnable(site: Site, stamp: string): Promise<Outcome> {
  const host = await databaseHost(site)
  const journal = await readJournal(site, host)
  const evidence = [
    { name: 'journal', value: journal === null ? 'none' : `${journal.state} (${journal.stamp})` },
  ]
  const why = await whyNotReturnable(site, host, journal, stamp)
  return why === null
    ? done(`${asidePath(site, stamp)} can be put back.`, { evidence })
    : failed(why, {
        evidence,
        next: 'Name the run of the newest restore. What an older one moved aside is put back by hand.',
      })
}

async function whyNotReturnable(
  site: Site,
  host: RemoteHost,
  journal: PgdataJournal | null,
  stamp: string,
): Promise<string | null> {
  if (journal === null || journal.stamp !== stamp) return `No restore with ${stamp} was begun there.`
  if (journal.state === 'closed') return 'That restore is closed.'
  if (journal.state === 'puttingBack' || journal.state === 'back') return null
  const aside = asidePath(site, stamp)
  const [isThere] = await foldersThere(site, host, [aside])
  return isThere === true ? null : `${aside} is not there: there is no old database to go back to.`
}

export async function lookBack(site: Site, stamp: string): Promise<Outcome> {
  const folder = dataFolder(site)
  const host = await databaseHost(site)
  const journal = await readJournal(site, host)
  const [there, old] = await foldersThere(site, host, [folder, asidePath(site, stamp)])
  const evidence = [
    { name: 'journal', value: journal === null ? 'none' : `${journal.state} (${journal.stamp})` },
  ]
  if (journal?.stamp !== stamp || journal.state !== 'back')
    return notYet('The old data folder was not put back.', { evidence })
  if (there !== true || old === true)
    return failed(`${folder} is not the old data folder, though the journal says so.`, {
      evidence,
      next: 'Look at the folders beside it.',
    })
  return done(
    `The old database stands in ${folder} again; the restored one is kept as ${restoredPath(site, stamp)}.`,
    { evidence },
  )
}

/**
 * Ends a restore for good: from then on it is not rolled back here, and another one may begin. Nothing is deleted; what is left over is
 * named.
 */
export async function closeRestore(site: Site, stamp: string): Promise<Outcome> {
  refuseStamp(stamp)
  const host = await databaseHost(site)
  const journal = await readJournal(site, host)
  if (journal?.stamp === stamp && journal.state === 'restored')
    await writeJournal(site, host, { ...journal, state: 'closed' })
  return lookRestoreClosed(site, stamp)
}

export async function lookRestoreClosed(site: Site, stamp: string): Promise<Outcome> {
  const host = await databaseHost(site)
  const journal = await readJournal(site, host)
  if (journal?.stamp !== stamp || !isOver(journal)) return notYet('The restore is not over.')
  const paths = [asidePath(site, stamp), restoredPath(site, stamp)]
  const there = await foldersThere(site, host, paths)
  const left = paths.filter((_, place) => there[place] === true)
  const words =
    left.length === 0
      ? 'Nothing is left over.'
      : `Left over, to be removed by hand once nobody needs it: ${left.join(', ')}.`
  const evidence = left.map((path) => ({ name: 'left over', value: path }))
  return done(`The restore is over. ${words}`, { evidence })
}

async function foldersThere(
  site: Site,
  host: RemoteHost,
  paths: readonly string[],
): Promise<readonly boolean[]> {
  const script = 'for path in "$@"; do if [ -d "$path" ]; then echo yes; else echo no; fi; done'
  const lines = (await scriptOn(site, host, 'Looking at the data folder', script, paths))
    .trim()
    .split('\n')
    .slice(-paths.length)
  return lines.map((line) => line === 'yes')
}

async function refuseRunning(site: Site, host: RemoteHost): Promise<void> {
  const state = await serverState(site, host)
  if (state !== 'running') return
  throw refused(host, `PostgreSQL runs in ${dataFolder(site)}.`, 'Nothing was changed.', 'Stop it first.')
}

/**
 * They lie outside of the data folder, where moving it aside does not reach, and both tools put what they restore in the same places
 * (documented: pgBackRest, tablespace-map; Barman, recover --tablespace): the old database would have lost them.
 */
async function refuseTablespaces(site: Site, host: RemoteHost): Promise<void> {
  const script =
    'find "$1/pg_tblspc" -mindepth 1 -maxdepth 1 -type l -exec readlink -- {} ";" 2>/dev/null || :'
  const found = await scriptOn(site, host, 'Looking for tablespaces', script, [dataFolder(site)])
  const [first = ''] = found.split('\n')
  if (first === '') return
  throw refused(
    host,
    `It keeps a tablespace in ${printable(first)}, which a restore would write over.`,
    'Nothing was changed.',
    'Restore it by hand with tablespaces of its own, or move what is in them into the default one.',
  )
}

/** Another restore may begin. */
function isOver({ state }: PgdataJournal): boolean {
  return state === 'back' || state === 'closed'
}

/** One restore at a time: what another run has moved aside, and not restored yet, is that run's. */
export function refuseOther(journal: PgdataJournal | null, stamp: string, host: RemoteHost): void {
  if (journal === null || journal.stamp === stamp || isOver(journal) || journal.state === 'restored') return
  throw refused(
    host,
    `Another restore (${journal.stamp}) was begun there and is not over: ${journal.state}.`,
    'Nothing was changed.',
    'Go on with that run, or put its data folder back.',
  )
}

function refuseStamp(stamp: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(stamp)) throw new Error('a stamp is letters, digits and dashes')
}

export function refused(
  host: RemoteHost,
  why: string,
  unchanged: string,
  next = 'Look at that host.',
): HoldfastError {
  return new HoldfastError('target.refused', {
    what: `The database on ${host.name} is not touched.`,
    why,
    unchanged,
    next,
  })
}
