/**
 * `mvcc.v1.Command` as far as a backup has it [from source: proto/mvcc.proto:13-66, 228]: 1 table, 2 type, 3 kv {1 key,
 * 4 value}, 5 leader_index. Other fields are stepped over as protobuf steps over them; groups, which proto3 never writes,
 * are refused.
 */

/** Command types by their numbers [from source: proto/mvcc.proto:14-23]. */
export const commandTypes = [
  'PUT',
  'DELETE',
  'DUMMY',
  'PUT_BATCH',
  'DELETE_BATCH',
  'TXN',
  'SEQUENCE',
  'GC',
] as const
export const putType = 0
export const dummyType = 2

/** Where the fields of one command lie in `bytes`. A field that is not there is empty, which is the same on the wire. */
export interface CommandView {
  /** The record that the command is, without its length. */
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly tableStart: number
  readonly tableEnd: number
  readonly type: number
  readonly hasKeyValue: boolean
  readonly keyStart: number
  readonly keyEnd: number
  readonly valueStart: number
  readonly valueEnd: number
  /** 64 bits, as no number holds them all; null where the field is not there. */
  readonly leaderIndex: { readonly high: number; readonly low: number } | null
  /** True where it has one of the fields 6 to 11 (batch, txn, range_end, prev_kvs, sequence, count). */
  readonly hasMore: boolean
}

export interface CommandParser {
  /** The command that the bytes from `start` up to `end` are; a text where they are none. One view, filled anew each time. */
  parse(bytes: Uint8Array, start: number, end: number): CommandView | string
}

const cutNumber = 'a number in it is cut or too long'
const cutField = 'a field of it is cut'
const otherType = 'a field of it is not of its type'

/** Hundreds of thousands of records a second: nothing is allocated for one. */
export function createCommandParser(): CommandParser {
  const view: { -readonly [Field in keyof CommandView]: CommandView[Field] } = {
    bytes: new Uint8Array(),
    start: 0,
    end: 0,
    tableStart: 0,
    tableEnd: 0,
    type: 0,
    hasKeyValue: false,
    keyStart: 0,
    keyEnd: 0,
    valueStart: 0,
    valueEnd: 0,
    leaderIndex: null,
    hasMore: false,
  }
  let bytes = view.bytes
  let at = 0
  let flaw: string | null = null
  /** The halves of the last varint. */
  let high = 0
  let low = 0

  /** Sets `low` and `high`; of a wrong one, `flaw`. */
  function varint(end: number): void {
    high = 0
    low = bytes[at] ?? 0
    if (low < 0x80 && at < end) {
      at += 1
      return
    }
    low = 0
    for (let byte = 0; byte < 10 && at < end; byte += 1) {
      const next = bytes[at] ?? 0
      at += 1
      const bits = next & 0x7f
      if (byte < 4) low |= bits << (7 * byte)
      else if (byte === 4) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (7 * byte - 32)
      if (next >= 0x80) continue
      // The tenth byte has room for one bit.
      if (byte === 9 && next > 1) break
      low >>>= 0
      high >>>= 0
      return
    }
    flaw ??= cutNumber
  }

  /** A length that fits what is left; 0 with a flaw otherwise. */
  function length(end: number): number {
    varint(end)
    if (flaw !== null) return 0
    if (high === 0 && low <= end - at) return low
    flaw = cutField
    return 0
  }

  function skip(wireType: number, end: number): void {
    if (wireType === 0) varint(end)
    else if (wireType === 2) {
      const size = length(end)
      at += size
    } else if (wireType === 1 || wireType === 5) {
      const count = wireType === 1 ? 8 : 4
      if (count > end - at) flaw = cutField
      else at += count
    } else flaw ??= 'a field of it is of no known type'
  }

  /** The number of a field; its wire type stays in `low`. Numbers are 1 to 2^29 - 1. */
  function field(end: number): number {
    varint(end)
    if (flaw !== null) return 0
    const number = low >>> 3
    if (high !== 0 || number === 0) flaw = 'a field of it has no number'
    low &= 7
    return number
  }

  function keyValue(end: number): void {
    view.hasKeyValue = true
    while (at < end && flaw === null) {
      const number = field(end)
      const wireType = low
      if (flaw !== null) return
      if (number === 1 || number === 4) {
        if (wireType !== 2) {
          flaw = otherType
          return
        }
        const size = length(end)
        if (number === 1) {
          view.keyStart = at
          view.keyEnd = at + size
        } else {
          view.valueStart = at
          view.valueEnd = at + size
        }
        at += size
      } else skip(wireType, end)
    }
  }

  return {
    parse(source, start, end) {
      bytes = source
      at = start
      flaw = null
      view.bytes = source
      view.start = start
      view.end = end
      view.tableStart = start
      view.tableEnd = start
      view.type = putType
      view.hasKeyValue = false
      view.keyStart = start
      view.keyEnd = start
      view.valueStart = start
      view.valueEnd = start
      view.leaderIndex = null
      view.hasMore = false
      while (at < end && flaw === null) {
        const number = field(end)
        const wireType = low
        if (flaw !== null) break
        if (number === 1 && wireType === 2) {
          const size = length(end)
          view.tableStart = at
          view.tableEnd = at + size
          at += size
        } else if (number === 2 && wireType === 0) {
          varint(end)
          // An enum is an int32; what does not fit is no type that is known.
          view.type = high === 0 ? low : -1
        } else if (number === 3 && wireType === 2) {
          // Twice: the later fields are merged into the earlier ones (protobuf encoding, "Last One Wins").
          const size = length(end)
          if (flaw === null) keyValue(at + size)
        } else if (number === 5 && wireType === 0) {
          varint(end)
          if (flaw === null) view.leaderIndex = { high, low }
        } else if (number === 1 || number === 2 || number === 3 || number === 5) {
          flaw = otherType
        } else {
          if (number >= 6 && number <= 11) view.hasMore = true
          skip(wireType, end)
        }
      }
      return flaw ?? view
    },
  }
}
