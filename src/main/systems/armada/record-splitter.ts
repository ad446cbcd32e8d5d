import { ArchiveFault } from '../../engine/archive/archive-fault.ts'

/**
 * A longer record ends the process of the server that reads it [inferred from source:
 * replication/snapshot/snapshot.go:143-152].
 */
const longestRecordBytes = 4 * 1024 * 1024
const lengthBytes = 8
const smallestHeld = 4096

export interface RecordSplitter {
  /** Takes the next plain bytes, cut anywhere. Throws `ArchiveFault` at a length that no record may have. */
  push(plain: Uint8Array): void
  /** Throws `archive.truncated` where a record is not complete. */
  end(): void
}

/**
 * Cuts plain bytes into records, `[u64 little-endian length][Command]` [from source: replication/snapshot/snapshot.go:
 * 121-171], and gives each to `onRecord` as a part of some bytes, which hold only until it returns. Memory is one record.
 */
export function createRecordSplitter(
  onRecord: (bytes: Uint8Array, start: number, end: number) => void,
): RecordSplitter {
  /** The beginning of a record whose rest is still to come, its length included. */
  let held = new Uint8Array()
  let heldBytes = 0
  let records = 0

  /** Adds what completes the held record; where the next one begins. */
  function completeHeld(plain: Uint8Array): number {
    let at = 0
    if (heldBytes < lengthBytes) {
      at = Math.min(lengthBytes - heldBytes, plain.byteLength)
      hold(plain, 0, at)
      if (heldBytes < lengthBytes) return at
    }
    const whole = lengthBytes + recordSize(held, 0)
    const next = Math.min(at + whole - heldBytes, plain.byteLength)
    hold(plain, at, next)
    if (heldBytes === whole) {
      heldBytes = 0
      take(held, lengthBytes, whole)
    }
    return next
  }

  /** Grows with what has come, never with what a length promises. */
  function hold(plain: Uint8Array, from: number, to: number): void {
    const needed = heldBytes + to - from
    if (needed > held.byteLength) {
      const grown = new Uint8Array(
        Math.min(Math.max(2 * needed, smallestHeld), lengthBytes + longestRecordBytes),
      )
      grown.set(held.subarray(0, heldBytes))
      held = grown
    }
    held.set(plain.subarray(from, to), heldBytes)
    heldBytes = needed
  }

  function recordSize(bytes: Uint8Array, at: number): number {
    const low = uint32(bytes, at)
    if (low <= longestRecordBytes && uint32(bytes, at + 4) === 0) return low
    const size = (BigInt(uint32(bytes, at + 4)) << 32n) | BigInt(low)
    throw new ArchiveFault(
      'archive.malformed',
      `Record ${records + 1} of the table's file says that it has ${size} bytes; a server that reads more than ${longestRecordBytes} stops.`,
    )
  }

  function take(bytes: Uint8Array, start: number, end: number): void {
    records += 1
    onRecord(bytes, start, end)
  }

  return {
    push(plain) {
      let at = 0
      if (heldBytes > 0) at = completeHeld(plain)
      while (at < plain.byteLength) {
        const left = plain.byteLength - at
        const size = left < lengthBytes ? -1 : recordSize(plain, at)
        if (size < 0 || left < lengthBytes + size) {
          hold(plain, at, plain.byteLength)
          break
        }
        take(plain, at + lengthBytes, at + lengthBytes + size)
        at += lengthBytes + size
      }
    },
    end() {
      if (heldBytes === 0) return
      throw new ArchiveFault(
        'archive.truncated',
        `The table's file ends early, within record ${records + 1}.`,
      )
    },
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)) >>>
    0
  )
}
