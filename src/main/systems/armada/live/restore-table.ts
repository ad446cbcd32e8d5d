import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import type { GrpcMessage } from '../../../ports/grpc-client.ts'
import type { ObjectStore } from '../../../ports/object-store.ts'
import { formatV2 } from '../manifest.ts'
import { piecesOf, type RestoreSource } from '../restore-sources.ts'
import { inMessages, withBatchEndsTwice, type Resent } from '../send-twice.ts'
import { shardOf } from './key-values.ts'
import { demandKnownFormat, type RestoreServer } from './restore-server.ts'
import { usualLimits } from './server.ts'

/** A server takes 4 MiB, and its own tools send 1 MiB (source: snapshot.go). */
const messageBytes = 1024 * 1024

export interface RestoreLimits {
  /** The server goes on for as long as it needs once it has the whole file; the client waits no longer than this. */
  readonly deadlineMs: number
  /** How long it is looked, after an answer was lost, whether the table was replaced all the same. */
  readonly lookMs: number
  /** How long the other nodes may take to open the new shard: they look every 30 s (source: manager.go). */
  readonly settleMs: number
}

export const usualRestoreLimits: RestoreLimits = {
  deadlineMs: usualLimits.deadlineMs,
  lookMs: 10 * 60_000,
  settleMs: 2 * 60_000,
}

export interface TableRestored extends Resent {
  readonly table: string
  /** Null: there was no such table. */
  readonly shardBefore: string | null
  readonly shard: string
  readonly sentBytes: number
  /** False: the answer was lost, and the new shard was seen. */
  readonly isAnswered: boolean
}

/**
 * Replaces one table by what its file holds. The server puts a new shard in its place once it has read everything (source: manager.go), so
 * the table is the old one or the new one. It is sent once: where the answer is lost, it is looked which of the two it is, and
 * `master.outcomeUnknown` is thrown where that cannot be seen. Whether every key arrived is for `compareTable` to say.
 */
export async function restoreTable(
  target: RestoreServer,
  source: RestoreSource,
  store: ObjectStore,
  {
    limits = usualRestoreLimits,
    progress,
  }: { readonly limits?: RestoreLimits; readonly progress?: (sentBytes: number) => void } = {},
): Promise<TableRestored> {
  demandKnownFormat(target, source.version)
  const { link } = target.server
  const { client, session } = link
  const { table } = source
  const token = await link.maintenanceToken()
  const shardBefore = await shardOf(link, table)
  const sent = { records: 0, twice: 0, lost: 0 }
  let sentBytes = 0
  let isAllSent = false

  async function* messages(): AsyncGenerator<GrpcMessage, void, undefined> {
    const isV2 = source.version === 2
    yield { info: { table: Buffer.from(table), ...(isV2 && { format: formatV2 }) } }
    const pieces = piecesOf(source, store, session.signal)
    // Servers that know the newer form lose nothing (source, newer), and want it as it was written.
    const file = isV2 ? pieces : withBatchEndsTwice(pieces, target.batchBytes, sent)
    for await (const data of inMessages(file, messageBytes)) {
      yield { chunk: { data, len: data.byteLength } }
      sentBytes += data.byteLength
      progress?.(sentBytes)
    }
    if (isV2) sent.records = source.records
    isAllSent = true
  }

  const call = { method: '/maintenance.v1.Maintenance/Restore', deadlineMs: limits.deadlineMs, ...token }
  let isAnswered = true
  try {
    try {
      await client.clientStream(call, messages(), session.signal)
    } catch (error) {
      // A server that has not seen the end of the stream throws away what it has (source: maintenance.go).
      if (!isHoldfastError(error) || !isAllSent || error.code === 'cancelled') throw error
      // One that says that it failed may have failed after it had asked for the swap, so it is looked then too.
      const isTold = !unseen.has(error.code)
      const lookMs = isTold ? Math.min(limits.lookMs, lookOnMs) : limits.lookMs
      if ((await newShard(target, table, shardBefore, lookMs)) === null)
        throw isTold ? error : unknown(error, table)
      isAnswered = false
    }
    const shard = await newShard(target, table, shardBefore, limits.settleMs)
    if (shard === null) throw notSwapped(target, table, shardBefore)
    await untilServed(target, table, limits.settleMs)
    return { table, shardBefore, shard, sentBytes, isAnswered, ...sent }
  } catch (error) {
    if (!isHoldfastError(error) || saysState.has(error)) throw error
    throw isAllSent && error.code === 'cancelled' ? cancelledInBetween(table) : notReplaced(error, table)
  }
}

/** Codes after which a server may go on by itself. */
const unseen: ReadonlySet<string> = new Set([
  'master.outcomeUnknown',
  'master.timedOut',
  'master.unreachable',
])

const lookEveryMs = 2_000
/** How long it is looked where the server has said that it failed. */
const lookOnMs = 10_000

/** The shard that holds the table once it is another one than before; null where it stays the same, or nobody answers, for so long. */
async function newShard(
  { server: { link } }: RestoreServer,
  table: string,
  before: string | null,
  lookMs: number,
): Promise<string | null> {
  const { clock, signal } = link.session
  const until = clock.now() + lookMs
  for (;;) {
    const shard = await shardOf(link, table).catch((error: unknown) => {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      return null
    })
    if (shard !== null && shard !== before) return shard
    if (clock.now() + lookEveryMs > until) return null
    await clock.wait(lookEveryMs, signal)
  }
}

/** Until the server's status has the table, and nothing to say against it. */
async function untilServed({ server }: RestoreServer, table: string, settleMs: number): Promise<void> {
  const { clock, signal } = server.link.session
  const until = clock.now() + settleMs
  for (;;) {
    const status = await server.status().catch((error: unknown) => {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      return null
    })
    const error = status?.errors.find((each) => each.startsWith(`${table}: `))
    if (status?.tables.includes(table) === true && error === undefined) return
    if (clock.now() + lookEveryMs > until) {
      throw stated('restore.failed', {
        what: `The table ${quoted(table)} was replaced, and ${server.name} does not serve it.`,
        why:
          error === undefined ? 'It does not answer, or leaves the table out.' : `It says: ${quoted(error)}.`,
        unchanged: `${quoted(table)} was replaced, and is not proved.`,
        next: 'Look at the log of that server, then restore the table again, or roll back.',
      })
    }
    await clock.wait(lookEveryMs, signal)
  }
}

/** Errors that say how the table is left. */
const saysState = new WeakSet<HoldfastError>()

function stated(...parts: ConstructorParameters<typeof HoldfastError>): HoldfastError {
  const error = new HoldfastError(...parts)
  saysState.add(error)
  return error
}

function notReplaced(error: HoldfastError, table: string): HoldfastError {
  const { what, why, next } = error.text
  return new HoldfastError(
    error.code === 'master.outcomeUnknown' ? 'restore.failed' : error.code,
    {
      what: `The table ${quoted(table)} was not replaced. ${error.code === 'master.outcomeUnknown' ? 'The connection broke before its file was sent whole.' : what}`,
      ...(error.code !== 'master.outcomeUnknown' && why !== undefined && { why }),
      unchanged: 'It is as it was: a server that fails, or has not the whole file, keeps the old table.',
      next: next ?? 'Look whether the server is well, then restore the table again.',
    },
    { cause: error },
  )
}

function cancelledInBetween(table: string): HoldfastError {
  return new HoldfastError('cancelled', {
    what: `Cancelled, after the whole file of the table ${quoted(table)} was sent.`,
    why: 'The server goes on by itself, so the table may still be replaced.',
    next: 'Look which shard the table has, and compare it, before anything else is done with it.',
  })
}

function unknown(error: HoldfastError, table: string): HoldfastError {
  return stated(
    'master.outcomeUnknown',
    {
      what: `Whether the table ${quoted(table)} was replaced is not known.`,
      why: 'The whole file was sent, and the answer was lost; the old table was still there when it was looked for the last time, or nobody answered.',
      unchanged:
        'The table is the old one or the new one, never between; it was sent once, and is not sent again.',
      next: 'Look which shard the table has, and compare it, before you restore it again: the server may still be at it.',
    },
    { cause: error },
  )
}

function notSwapped(
  { server: { name } }: RestoreServer,
  table: string,
  before: string | null,
): HoldfastError {
  return stated('restore.failed', {
    what: `${name} says that the table ${quoted(table)} is restored, and still serves ${before === null ? 'no such table' : `the shard ${before}`}.`,
    why: 'The address may lead to a server that has not heard of it yet.',
    unchanged: `Whether ${quoted(table)} is the old one or the new one is not known.`,
    next: 'Look which shard the table has on each server before anything else is done with it.',
  })
}
