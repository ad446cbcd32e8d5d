import { countOf } from '../../../../shared/domain/size-words.ts'
import type { Fact } from '../../../ports/cluster-driver.ts'
import type { Outcome, StepContext } from '../../../ports/runbook.ts'
import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import type { ArmadaConnection } from '../live/connection.ts'
import { compareTable } from '../live/compare-table.ts'
import { shardOf } from '../live/key-values.ts'
import { quotedSome } from '../live/probes.ts'
import { proveTable } from '../live/prove-table.ts'
import { demandKnownFormat, findRestoreServer } from '../live/restore-server.ts'
import { restoreTable } from '../live/restore-table.ts'
import type { RestoreSource, RestoreSources } from '../restore-sources.ts'
import { reportOf } from './site.ts'

/**
 * Puts tables in place of those that stand there, one after the other, each counted, compared and completed before the next
 * one is touched. A table that is its file already is left as it is, so this may be called again after any interruption.
 */
export async function putTables(
  site: ArmadaConnection,
  sources: RestoreSources,
  context: StepContext,
): Promise<Outcome> {
  const { session, line, progress } = context
  const report = reportOf(context)
  const target = await findRestoreServer(session, site, report)
  demandKnownFormat(target, sources.version)
  const store = await session.repository('read')
  const facts: Fact[] = []
  for (const source of sources.tables) {
    const { table } = source
    if (await isItsFile(source, context, target)) {
      line('info', `${quotedSome([table])} is its file already.`)
    } else {
      line('info', `Sending ${quotedSome([table])} to ${target.server.name}.`)
      const { shardBefore, shard } = await restoreTable(target, source, store, {
        progress: (sent) => progress(sent, source.plainBytes),
      })
      facts.push({ name: `shard of ${table}`, value: `${shardBefore ?? 'none'}, now ${shard}` })
    }
    const { compared, putBack } = await proveTable(target, source, store, report)
    if (putBack !== null) line('warning', `${quotedSome([table])} lacked keys; they were put back.`)
    line('info', compared.sentence)
    facts.push({ name: `keys of ${table}`, value: `${compared.tableKeys} of ${compared.fileKeys}` })
  }
  return done(`${countOf(sources.tables.length, 'table')} replaced, and each is its file.`, {
    evidence: facts,
  })
}

/** Which tables are their files, key by key and value by value; nothing is changed. */
export async function lookAtTables(
  site: ArmadaConnection,
  sources: RestoreSources,
  context: StepContext,
): Promise<Outcome> {
  const target = await findRestoreServer(context.session, site, reportOf(context))
  const isNew: string[] = []
  const isOld: string[] = []
  for (const source of sources.tables) {
    if (await isItsFile(source, context, target)) isNew.push(source.table)
    else isOld.push(source.table)
  }
  const evidence = [
    { name: 'as in the backup', value: quotedSome(isNew) },
    { name: 'not as in the backup', value: quotedSome(isOld) },
  ]
  if (isOld.length === 0) return done('Every table is as in the backup.', { evidence })
  const others = isNew.length === 0 ? '' : ` As in it already: ${quotedSome(isNew)}.`
  return notYet(`Not as in the backup: ${quotedSome(isOld)}.${others}`, {
    evidence,
    next: 'A server that has not heard the end of a file throws it away. One that has goes on by itself: look once more before you go on.',
  })
}

/** Every value is compared: a table that is passed over, or called done, must not hide a single one that is wrong. */
async function isItsFile(
  source: RestoreSource,
  { session }: StepContext,
  target: Awaited<ReturnType<typeof findRestoreServer>>,
): Promise<boolean> {
  const { link } = target.server
  if ((await shardOf(link, source.table)) === null) return false
  const store = await session.repository('read')
  const { batchBytes } = target
  return (await compareTable(link, source, store, { batchBytes, everyValue: true })).isEqual
}
