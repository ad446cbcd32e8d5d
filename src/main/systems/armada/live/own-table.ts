import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import { deleteTable } from './delete-table.ts'
import { putValue, readValue, shardOf } from './key-values.ts'
import type { ArmadaServer } from './server.ts'

const lookEveryMs = 2_000
/** The shard of a new table has to choose a leader; the other nodes start it at their next reconcile, within 30 s (source: manager.go). */
const servedWithinMs = 60_000

/**
 * Makes a table that nobody else uses, writes one key, reads it back from a majority and deletes the table again: also where it fails, as
 * far as that can be done. It may be called again with the same name where it was cut short.
 */
export async function writeOwnTable(server: ArmadaServer, table: string): Promise<void> {
  const { name, link } = server
  try {
    await createTable(server, table)
    const shard = await untilServed(server, table)
    const value = link.session.random.bytes(32)
    const key = Buffer.from('holdfast')
    await putValue(link, { table, shard }, { key, value })
    const found = await readValue(link, { table, shard }, key)
    if (found === null || Buffer.compare(found, value) !== 0) {
      throw new HoldfastError('master.badAnswer', {
        what: `${name} does not give back what it was given.`,
        why: `The value that was written into ${quoted(table)} ${found === null ? 'is not there' : 'is another one'}.`,
        unchanged: 'No other table was touched.',
        next: 'Let no client in: look at the log of that server.',
      })
    }
  } catch (error) {
    await deleteTable(server, table).catch(() => undefined)
    throw error
  }
  await deleteTable(server, table)
}

/** One that is there already is of an attempt that was cut short: no other has this name. */
async function createTable({ link }: ArmadaServer, table: string): Promise<void> {
  const call = { method: '/regatta.v1.Tables/Create', deadlineMs: 30_000, ...(await link.tablesToken()) }
  try {
    await link.client.unary(call, { name: table }, link.session.signal)
  } catch (error) {
    if (isHoldfastError(error, 'master.refused') && /table already exists/i.test(error.text.why ?? '')) return
    // Where only the answer was lost, the table comes to be served.
    if (!isHoldfastError(error, 'master.outcomeUnknown') && !isHoldfastError(error, 'master.timedOut'))
      throw error
  }
}

async function untilServed({ name, link }: ArmadaServer, table: string): Promise<string> {
  const { clock, signal } = link.session
  const until = clock.now() + servedWithinMs
  for (;;) {
    const shard = await shardOf(link, table)
    if (shard !== null) return shard
    if (clock.now() + lookEveryMs > until) {
      throw new HoldfastError('master.timedOut', {
        what: `${name} does not serve the table ${quoted(table)} that it has made.`,
        why: 'Its shard has no leader yet.',
        unchanged: 'No other table was touched.',
        next: 'Look whether a majority of the members is up.',
      })
    }
    await clock.wait(lookEveryMs, signal)
  }
}
