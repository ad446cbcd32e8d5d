import * as z from 'zod'
import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import type { GrpcMessage } from '../../../ports/grpc-client.ts'
import type { ArmadaLink } from './server.ts'

/** One answer; a server whose client names no time gives up after 5 s (source: engine.go). */
const usualDeadlineMs = 30_000
/** The whole key space is gone through for one answer. */
const countDeadlineMs = 30 * 60_000
/** Fewer than would make an answer too large, or of too many fields. */
const keysOfPage = 5_000
const readsOfOne = 5
const pauseMs = 1_000

export interface KeyValue {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

const bytes = z.instanceof(Uint8Array)
const header = z.object({ shard_id: z.string().regex(/^\d+$/) })
const rangeReply = z.object({
  header,
  kvs: z.array(z.object({ key: bytes, value: bytes })),
  more: z.boolean(),
  count: z.string().regex(/^\d{1,15}$/),
})
const putReply = z.object({ header })

/** A single zero byte stands for the beginning, and as an end for "all that follow" (source: kv.go). */
const wholeSpace = { key: Uint8Array.of(0), range_end: Uint8Array.of(0) }

/** The shard that holds the table now, as `Tables.List` would tell with a token; null where there is no such table. */
export async function shardOf(link: ArmadaLink, table: string): Promise<string | null> {
  try {
    const { header: of } = await range(link, table, { key: Uint8Array.of(1), count_only: true })
    return of.shard_id
  } catch (error) {
    if (isHoldfastError(error, 'master.refused') && /table not found/i.test(error.text.why ?? '')) return null
    throw error
  }
}

export async function countKeys(
  link: ArmadaLink,
  table: string,
): Promise<{ readonly keys: number; readonly shard: string }> {
  const reply = await range(
    link,
    table,
    { ...wholeSpace, count_only: true, linearizable: true },
    countDeadlineMs,
  )
  return { keys: Number(reply.count), shard: reply.header.shard_id }
}

/** Null where the table has no such key. Throws where another shard than the one that is asked about answers. */
export async function readValue(
  link: ArmadaLink,
  { table, shard }: TableShard,
  key: Uint8Array,
): Promise<Uint8Array | null> {
  const reply = await range(link, table, { key, linearizable: true })
  demandShard(link, table, shard, reply.header.shard_id)
  return reply.kvs[0]?.value ?? null
}

export interface TableShard {
  readonly table: string
  readonly shard: string
}

/** Every key of the table in byte order, page by page; with their values where asked for, else these are empty. */
export async function* readPages(
  link: ArmadaLink,
  { table, shard }: TableShard,
  { withValues = false }: { readonly withValues?: boolean } = {},
): AsyncGenerator<readonly KeyValue[], void, undefined> {
  let last: Uint8Array | null = null
  for (;;) {
    // A key that follows another one cannot be written down, as none may hold a zero byte: the last key is asked for again, and left out.
    const request: GrpcMessage = {
      ...wholeSpace,
      ...(last !== null && { key: last }),
      limit: keysOfPage,
      linearizable: true,
      keys_only: !withValues,
    }
    const { kvs, more, header: of } = await range(link, table, request)
    demandShard(link, table, shard, of.shard_id)
    const isAgain = last !== null && kvs[0] !== undefined && Buffer.compare(kvs[0].key, last) === 0
    const page: readonly KeyValue[] = isAgain ? kvs.slice(1) : kvs
    demandOrder(link, last, page)
    if (page.length > 0) yield page
    if (!more || page.length === 0) return
    last = page.at(-1)?.key ?? null
  }
}

/**
 * Puts one key into the shard that is expected. Where the answer is lost, it is looked before it is asked again: the same value twice is the
 * same table.
 */
export async function putValue(
  link: ArmadaLink,
  { table, shard }: TableShard,
  { key, value }: KeyValue,
): Promise<void> {
  const { client, session } = link
  const call = { method: '/regatta.v1.KV/Put', deadlineMs: usualDeadlineMs }
  try {
    const message = await client.unary(call, { table: Buffer.from(table), key, value }, session.signal)
    const reply = putReply.safeParse(message)
    if (!reply.success) throw badReply(link)
    demandShard(link, table, shard, reply.data.header.shard_id)
  } catch (error) {
    if (!isPassing(error)) throw error
    await session.clock.wait(pauseMs, session.signal)
    const found = await readValue(link, { table, shard }, key)
    if (found !== null && Buffer.compare(found, value) === 0) return
    throw error
  }
}

/** Reading changes nothing, so it is asked again where a connection ended or a server is not ready for a moment. */
async function range(
  link: ArmadaLink,
  table: string,
  request: GrpcMessage,
  deadlineMs = usualDeadlineMs,
): Promise<z.infer<typeof rangeReply>> {
  const { client, session } = link
  const call = { method: '/regatta.v1.KV/Range', deadlineMs }
  for (let left = readsOfOne; ; left -= 1) {
    try {
      const message = await client.unary(call, { table: Buffer.from(table), ...request }, session.signal)
      const reply = rangeReply.safeParse(message)
      if (reply.success) return reply.data
      throw badReply(link)
    } catch (error) {
      if (left === 1 || !isPassing(error)) throw error
      await session.clock.wait(pauseMs, session.signal)
    }
  }
}

const passing: ReadonlySet<string> = new Set([
  'master.notReady',
  'master.outcomeUnknown',
  'master.unreachable',
  'master.timedOut',
])

/** A shard without a leader for a moment is FAILED_PRECONDITION in these words (seen on a real one, v0.10.0). */
function isPassing(error: unknown): boolean {
  if (!isHoldfastError(error)) return false
  return passing.has(error.code) || /shard is not ready/i.test(error.text.why ?? '')
}

/** Another node may still serve the shard that was replaced (source: manager.go): what it says is not of this table. */
function demandShard({ name }: ArmadaLink, table: string, wanted: string, found: string): void {
  if (wanted === found) return
  throw new HoldfastError('master.badAnswer', {
    what: `${name} answers for the table ${quoted(table)} from the shard ${found}, and ${wanted} is the one that was looked at.`,
    why: 'The table was replaced in between, or this address leads to several servers that are not at the same point.',
    next: 'Look which shard the table has now, then compare again.',
  })
}

function demandOrder({ name }: ArmadaLink, last: Uint8Array | null, page: readonly KeyValue[]): void {
  let before = last
  for (const { key } of page) {
    if (before !== null && Buffer.compare(before, key) >= 0) {
      throw new HoldfastError('master.badAnswer', {
        what: `${name} lists keys that are not in order.`,
        next: 'Look at the version and the log of that server.',
      })
    }
    before = key
  }
}

function badReply({ name }: ArmadaLink): HoldfastError {
  return new HoldfastError('master.badAnswer', {
    what: `${name} answers about a table in a way that is not understood.`,
    next: 'Look at the version of that server.',
  })
}
