const nothing = new Uint8Array(0)

/** Reads an async sequence of pieces by counts of bytes. One reader, one caller at a time. */
export interface ByteReader {
  /** The next bytes, at least one and at most `maxBytes`; null at the end. */
  some(maxBytes: number): Promise<Uint8Array | null>
  /** Exactly `count` bytes, or fewer where the source ends first. May share memory with the source's pieces. */
  exactly(count: number): Promise<Uint8Array>
  /** Bytes handed out so far. */
  readonly readBytes: number
  /** Closes the source; to be called in a `finally`. */
  close(): Promise<void>
}

export function byteReader(source: AsyncIterable<Uint8Array>): ByteReader {
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
