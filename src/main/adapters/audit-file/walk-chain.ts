import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { chainStart, readEntry, readNextEntry, type ChainPoint } from '../../../shared/domain/audit-chain.ts'
import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { linesBefore, linesOf } from './chain-lines.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/** A point of the chain, and the offset of the byte after its line. */
export interface Place extends ChainPoint {
  readonly offset: number
}

export const firstPlace: Place = { ...chainStart, offset: 0 }

export interface Break {
  /** The first entry that does not fit. */
  readonly seq: number
  readonly reason: string
}

export interface Walk {
  /** The last entry that fits. */
  readonly last: Place
  readonly broken: Break | null
}

/** Entries that are checked before others get their turn. */
const checkedInATurn = 200

/** Checks the whole lines from a place up to an offset. `expected`: a point that must lie on the way. */
export async function walkChain(
  file: FileHandle,
  { from, to, expected }: { readonly from: Place; readonly to: number; readonly expected: ChainPoint | null },
  signal?: AbortSignal,
): Promise<Walk> {
  let last = from
  for await (const { text, end } of linesOf(file, from.offset, to)) {
    throwIfCancelled(signal)
    const reading =
      text === null
        ? { ok: false as const, reason: 'It is no text of a line.' }
        : readNextEntry(text, last, sha256)
    if (!reading.ok) return { last, broken: { seq: last.seq + 1, reason: reading.reason } }
    last = { seq: reading.entry.seq, hash: reading.entry.hash, offset: end }
    if (last.seq === expected?.seq && last.hash !== expected.hash) {
      const reason = 'It is another one than the one that was written: the chain was written anew.'
      return { last, broken: { seq: last.seq, reason } }
    }
    if (last.seq % checkedInATurn === 0) await nextTurn()
  }
  if (expected !== null && last.seq < expected.seq) {
    const reason = `The chain ends at ${last.seq}, and ${expected.seq} were written: its end was cut off, or an older one was put back.`
    return { last, broken: { seq: last.seq + 1, reason } }
  }
  return { last, broken: null }
}

/** Whether the line that ends at a place is the entry that was written there. */
export async function standsAt(file: FileHandle, place: Place): Promise<boolean> {
  if (place.seq === 0) return place.offset === 0
  for await (const { text, end } of linesBefore(file, place.offset)) {
    if (text === null || end !== place.offset) return false
    const reading = readEntry(text, sha256)
    return reading.ok && reading.entry.seq === place.seq && reading.entry.hash === place.hash
  }
  return false
}
