import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { readFile, type FileHandle } from 'node:fs/promises'
import { hostname } from 'node:os'
import { entryLine, nextEntry, type ChainEntry } from '../../../shared/domain/audit-chain.ts'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import type { AuditEvent } from '../../ports/audit-log.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import { claimFolder, sweepClaims } from '../files/claim-folder.ts'
import { makePrivateFolder, openPrivateFile, syncFolder } from '../files/private-files.ts'
import { brokenChain, cannotWrite, ClaimedElsewhere } from './audit-errors.ts'
import { readHead, writeHead } from './head-file.ts'
import { chainFileOf, look } from './look.ts'
import { firstPlace, sha256, type Place, type Walk } from './walk-chain.ts'

export interface AuditLogDeps {
  readonly clock: Clock
  readonly random: Random
  /** Who acts, for every entry: the account and the shell. */
  readonly actor: string
}

export interface Written {
  readonly entries: readonly ChainEntry[]
  readonly last: Place
}

/** How long an entry waits for other processes that write theirs. */
const longestWaitMs = 30_000

/**
 * Writes the entries at the end of the chain, durably, and only then returns. Throws `audit.broken` or
 * `audit.cannotWrite`, and then none of them is in it.
 */
export async function writeEntries(
  folder: string,
  known: Walk | null,
  events: readonly AuditEvent[],
  deps: AuditLogDeps,
): Promise<Written> {
  if (known !== null && known.broken !== null) throw brokenChain(folder, known.broken)
  try {
    await makePrivateFolder(folder)
    const release = await claim(folder, deps.clock)
    try {
      return await writeAtEnd(folder, known?.last ?? null, events, deps)
    } finally {
      await release()
    }
  } catch (error) {
    throw isHoldfastError(error, 'audit.broken') ? error : cannotWrite(folder, error)
  }
}

async function claim(folder: string, clock: Clock): Promise<() => Promise<void>> {
  const until = clock.now() + longestWaitMs
  for (;;) {
    const claimed = await claimFolder(folder, { clock })
    if (claimed.held) {
      await sweepClaims(folder)
      return claimed.release
    }
    if (clock.now() >= until) {
      throw new ClaimedElsewhere(`It is held by ${claimed.holder.who} (${claimed.holder.file}).`)
    }
  }
}

async function writeAtEnd(
  folder: string,
  since: Place | null,
  events: readonly AuditEvent[],
  deps: AuditLogDeps,
): Promise<Written> {
  const { last, broken } = await look(folder, { since, whole: false })
  if (broken !== null) throw brokenChain(folder, broken)
  const head = await readHead(folder)
  // Before there is a chain, so that a chain without a head is one that lost it.
  if (typeof head === 'string') await writeHead(folder, { ...firstPlace, place: '' })
  const chain = await openPrivateFile(chainFileOf(folder), constants.O_RDWR | constants.O_CREAT)
  try {
    const place = await placeOf(folder, chain)
    const wasElsewhere = typeof head !== 'string' && head.seq > 0 && head.place !== place
    const entries = follow(last, [...beginning(last, wasElsewhere, folder, deps), ...events], deps)
    const bytes = Buffer.from(entries.map((entry) => `${entryLine(entry)}\n`).join(''), 'utf8')
    const end = entries.at(-1) ?? last
    const after: Place = { seq: end.seq, hash: end.hash, offset: last.offset + bytes.byteLength }
    try {
      // What stands after the last whole line was cut short by a crash; it was never promised.
      await chain.truncate(last.offset)
      await writeAll(chain, bytes, last.offset)
      await chain.sync()
      if (last.seq === 0) await syncFolder(folder)
      await writeHead(folder, { ...after, place })
    } catch (error) {
      await chain.truncate(last.offset).catch(() => undefined)
      throw error
    }
    return { entries, last: after }
  } finally {
    await chain.close()
  }
}

/** What an entry of its own stands for at the begin of a chain, or of its copy. */
function beginning(
  last: Place,
  wasElsewhere: boolean,
  folder: string,
  { random }: AuditLogDeps,
): readonly AuditEvent[] {
  const here = [
    { name: 'host', value: hostname() },
    { name: 'folder', value: folder },
  ]
  if (last.seq === 0) {
    const installation = Buffer.from(random.bytes(16)).toString('hex')
    return [{ action: 'chain.started', subject: installation, facts: here }]
  }
  return wasElsewhere ? [{ action: 'chain.moved', subject: 'audit chain', facts: here }] : []
}

function follow(
  last: Place,
  events: readonly AuditEvent[],
  { clock, actor }: AuditLogDeps,
): readonly ChainEntry[] {
  const entries: ChainEntry[] = []
  const at = new Date(clock.now()).toISOString()
  for (const { action, subject, facts, reason = null } of events) {
    const before = entries.at(-1) ?? last
    entries.push(nextEntry(before, { at, actor, action, subject, facts, reason }, sha256))
  }
  return entries
}

/** The machine, the folder and the file itself: a chain that was copied, or put back from a copy, has another. */
async function placeOf(folder: string, chain: FileHandle): Promise<string> {
  const machine = await readFile('/etc/machine-id', 'utf8').catch(() => hostname())
  const { ino } = await chain.stat({ bigint: true })
  return createHash('sha256')
    .update(JSON.stringify([machine, folder, String(ino)]))
    .digest('hex')
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, at + done)
    done += bytesWritten
  }
}
