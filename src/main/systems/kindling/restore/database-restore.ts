import { HoldfastError } from '../../../../shared/domain/error.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { barmanRestore } from './barman-restore.ts'
import { pgBackRestRestore } from './pgbackrest-restore.ts'
import { readJournal, writeJournal, type RestoreWish } from './pgdata-journal.ts'
import { refused, refuseOther } from './pgdata.ts'
import { serverState } from './postgres-server.ts'
import type { RestoreTool } from './restore-tool.ts'
import { databaseHost, dataFolder, tells, type Site } from './site.ts'

export function restoreToolOf(config: KindlingConnection): RestoreTool {
  return config.tool === 'barman' ? barmanRestore(config) : pgBackRestRestore(config)
}

/**
 * Restores into the new, empty data folder. Called again after a run that was cut short it goes on; after one that ended, it changes
 * nothing. Another wish than the one that was begun is refused.
 */
export async function restoreDatabaseInto(site: Site, stamp: string, wish: RestoreWish): Promise<Outcome> {
  const tool = restoreToolOf(site.config)
  refuseWish(tool, wish)
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
  if (journal.state === 'moved' && !(await tells(site, host, '[ -z "$(ls -A -- "$1")" ]')))
    throw refused(
      host,
      `${folder} is not empty, and no restore was begun there.`,
      'Nothing was changed.',
      'Look at what lies in it.',
    )
  await writeJournal(site, host, { ...journal, state: 'restoring', wish })
  await tool.restore(site, wish)
  await writeJournal(site, host, { ...journal, state: 'restored', wish })
  return lookRestored(site, stamp, wish)
}

/** Whether this very restore has ended. `notYet`: it has not, and may be asked for again; `unknown`: it was begun, and may go on. */
export async function lookRestored(site: Site, stamp: string, wish: RestoreWish): Promise<Outcome> {
  const tool = restoreToolOf(site.config)
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
      return (await tells(site, host, '[ -s "$1/PG_VERSION" ] && [ -s "$1/global/pg_control" ]'))
        ? done(`${tool.name} restored ${wishWords(wish)} into ${dataFolder(site)}.`, { evidence })
        : failed(`The restore ended, and ${dataFolder(site)} holds no whole database.`, {
            evidence,
            next: 'Put the old data folder back, then begin anew.',
          })
    case 'restoring':
      return (await tool.isRunning(site))
        ? unknown(`${tool.name} restores there now.`, { evidence, next: 'Wait until it has ended.' })
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

function refuseWish(tool: RestoreTool, wish: RestoreWish): void {
  const isLabel = wish.label === null || tool.isLabel(wish.label)
  const isTime = wish.type !== 'time' || !Number.isNaN(Date.parse(wish.target))
  if (isLabel && isTime) return
  throw new HoldfastError('usage', {
    what: `This is no point that ${tool.name} could restore.`,
    why: isLabel ? 'The target is no time.' : `The label is none of ${tool.name}.`,
    unchanged: 'Nothing was changed.',
    next: `Choose one of those that ${tool.name} lists.`,
  })
}
