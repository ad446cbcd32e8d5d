import { HoldfastError } from '../../../../shared/domain/error.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import type { Session, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import { putRecord } from '../record-writer.ts'
import { snappyStream } from '../snappy-writer.ts'
import { streamTables } from './direct.ts'
import { countKeys, readPages, shardOf } from './key-values.ts'
import { tablesAnswer } from './probes.ts'
import { usualLimits, type ArmadaLink, type ArmadaServer } from './server.ts'
import { newFolder } from './stored-tables.ts'

export interface FollowerBackup {
  readonly backupId: string
  readonly tables: readonly { readonly table: string; readonly keys: number }[]
}

/**
 * Reads every table of a server key by key into a backup of the older format, which any server takes: for a cluster whose leader site is
 * lost, as a follower refuses to be backed up (source: follower.go). It has what had reached the follower. Throws where a table is not as
 * large in the end as the server counts it.
 */
export async function backUpFollower(
  server: ArmadaServer,
  session: Session,
  report: SnapshotProgress,
): Promise<FollowerBackup> {
  const status = await server.status()
  if (status.errors.length > 0) {
    throw new HoldfastError('master.notReady', {
      what: `What is read from ${server.name} would lack tables.`,
      why: tablesAnswer(status).answer,
      unchanged: 'Nothing was written, and nothing was changed.',
      next: 'Look at the log of that server.',
    })
  }
  const { backupId, written } = await streamTables(
    {
      server,
      status,
      tables: status.tables,
      backupId: `${newFolder(session)}-from-follower`,
      pieces: (table) => snappyStream(recordsOf(server.link, table)),
    },
    session,
    report,
    usualLimits,
  )
  return { backupId, tables: written.map(({ table, facts }) => ({ table, keys: facts.keys })) }
}

async function* recordsOf(link: ArmadaLink, table: string): AsyncGenerator<Uint8Array, void, undefined> {
  const shard = (await shardOf(link, table)) ?? ''
  let keys = 0
  for await (const page of readPages(link, { table, shard }, { withValues: true })) {
    keys += page.length
    for (const { key, value } of page) yield putRecord({ table, key, value })
  }
  const counted = await countKeys(link, table)
  if (counted.keys === keys && counted.shard === shard) return
  throw new HoldfastError('master.badAnswer', {
    what: `${keys} keys of the table ${quoted(table)} were read from ${link.name}, and it counts ${counted.keys}.`,
    why: 'The table changed while it was read.',
    next: 'Read it again when nothing writes to it.',
  })
}
