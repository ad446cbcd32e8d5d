import { HoldfastError } from '../../../../shared/domain/error.ts'
import { isJsonObject } from '../../../../shared/domain/strict-json.ts'
import type { Session, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import { usualBatchBytes } from '../batch-count.ts'
import type { ArmadaConnection } from './connection.ts'
import { firstLeader } from './first-leader.ts'
import { knowsFormat } from './knows-format.ts'
import type { ArmadaLink, ArmadaServer } from './server.ts'

/** A leader that takes restores, and what has to be known of it before one. */
export interface RestoreServer {
  readonly server: ArmadaServer
  readonly serverVersion: string | null
  /** False: files that end with a record of their own must not be sent to it. */
  readonly knowsFormat: boolean
  /** How many bytes of records it takes before it loses one. */
  readonly batchBytes: number
  /** False: `batchBytes` is what a server has that was told nothing else. */
  readonly isBatchTold: boolean
  /** `<table>: <error>`. */
  readonly statusErrors: readonly string[]
  /** Names of the tables that it serves. */
  readonly tables: readonly string[]
}

/** The first server of the connection that is a leader, has its maintenance on and accepts the token. Nothing is changed by asking. */
export async function findRestoreServer(
  session: Session,
  config: ArmadaConnection,
  report: Pick<SnapshotProgress, 'log'>,
): Promise<RestoreServer> {
  const { server, status } = await firstLeader(session, config, report, 'takes no restore')
  const told = await toldBatchBytes(server.link)
  if (told === null)
    report.log('warning', `${server.name} does not tell how large its batches are: the usual is assumed.`)
  return {
    server,
    serverVersion: status.version,
    knowsFormat: await knowsFormat(server.link),
    batchBytes: told ?? usualBatchBytes,
    isBatchTold: told !== null,
    statusErrors: status.errors,
    tables: status.tables,
  }
}

/** Half of `raft.max-in-mem-log-size` (source: manager.go); null where the server does not tell. A 64-bit number comes as text. */
async function toldBatchBytes({ client, session }: ArmadaLink): Promise<number | null> {
  const call = { method: '/regatta.v1.Cluster/Status', deadlineMs: 10_000 }
  const { config } = await client.unary(call, { config: true }, session.signal)
  const fields = isJsonObject(config) && isJsonObject(config['fields']) ? config['fields'] : {}
  const value = fields['raft.max-in-mem-log-size']
  const told = isJsonObject(value) ? Number(value['string_value'] ?? value['number_value']) : Number.NaN
  return Number.isSafeInteger(told) && told > 0 ? Math.ceil(told / 2) : null
}

/** Throws `restore.refused` where the files are of a form that this server would take for keys. */
export function demandKnownFormat({ server, knowsFormat: knows }: RestoreServer, version: 1 | 2): void {
  if (version === 1 || knows) return
  throw new HoldfastError('restore.refused', {
    what: `${server.name} cannot take files of the newer format.`,
    why: 'It does not know the field that names the format, and would take the record that ends a file for a key.',
    unchanged: 'Nothing was sent, and no table was changed.',
    next: 'Restore into a newer server, or choose a backup of the older format.',
  })
}
