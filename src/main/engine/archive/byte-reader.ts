const nothing = new Uint8Array(0)

/** Reads an async sequence of pieces by counts of bytes. One reader, one caller at a time. */
export interface ByteReader {
  /** The next bytes, at least one and at most `maxBytes`; null at the end. */
  some(maxBytes: number): Promise<Uint8Array | null>
  /** Exactly `count` bytes, or fewer where the source ends first. May share memory with the source's pieces. */
  exactly(count: number): Promise<Uint8Array>
  /** Leaves out so many bytes, or fewer where the source ends first; tells how many. What can be jumped over is not read. */
  skip(count: number): Promise<number>
  /** Bytes handed out or left out so far. */
  readonly readBytes: number
  /** Closes the source; to be called in a `finally`. */
  close(): Promise<void>
}

/** What a reading is made of; `jump` as `JumpingPieces` has it. */
type Source = AsyncIterable<Uint8Array> & { readonly jump?: (bytes: number) => number }

export function byteReader(source: Source): ByteReader {
  const iterator = source[Symbol.asyncIterator]()
  let rest: Uint8Array = nothing
  let ended = false
  let readBytes = 0

  async function refill(): Promise<boolean> {
    while (rest.byteLength === 0 && !ended) {
      const next = await iterator.next()
      if (next.done === true) ended = true
      else rest = next.value
    }
    return rest.byteLength > 0
  }

  function cut(count: number): Uint8Array {
    const taken = rest.subarray(0, count)
    rest = rest.subarray(taken.byteLength)
    readBytes += taken.byteLength
    return taken
  }

  return {
    async some(maxBytes) {
      return rest.byteLength > 0 || (await refill()) ? cut(maxBytes) : null
    },
    async exactly(count) {
      if (rest.byteLength >= count) return cut(count)
      const whole = new Uint8Array(count)
      let filled = 0
      while (filled < count && (await refill())) {
        const part = cut(count - filled)
        whole.set(part, filled)
        filled += part.byteLength
      }
      return whole.subarray(0, filled)
    },
    async skip(count) {
      let left = count - cut(count).byteLength
      // Only from the end of what was handed over: nothing of it waits any more.
      if (left > 0) {
        const jumped = source.jump?.(left) ?? 0
        readBytes += jumped
        left -= jumped
      }
      while (left > 0 && (await refill())) left -= cut(left).byteLength
      return count - left
    },
    get readBytes() {
      return readBytes
    },
    async close() {
      if (ended) return
      ended = true
      rest = nothing
      await iterator.return?.()
    },
  }
}
