/** One pass over a source that can be closed from outside, even while a read is pending. */
export interface SourceReader extends AsyncIterable<Uint8Array> {
  /**
   * No further read; the source is closed. Waits for that, but not for a read that is pending: a source that has stalled
   * would keep its reader for ever. What the source says while it closes is dropped.
   */
  close(): Promise<void>
}

export function readSource(source: AsyncIterable<Uint8Array>): SourceReader {
  const iterator = source[Symbol.asyncIterator]()
  let isOver = false
  let isReading = false

  async function next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (isOver) return { done: true, value: undefined }
    isReading = true
    try {
      const step = await iterator.next()
      if (step.done !== true) return isOver ? { done: true, value: undefined } : step
      isOver = true
      return { done: true, value: undefined }
    } catch (error) {
      isOver = true
      throw error
    } finally {
      isReading = false
    }
  }

  async function close(): Promise<void> {
    if (isOver) return
    isOver = true
    const closing = askToClose()
    if (!isReading) await closing
  }

  async function askToClose(): Promise<void> {
    try {
      await iterator.return?.()
    } catch {
      // Nobody is left who could do anything about it.
    }
  }

  return {
    close,
    [Symbol.asyncIterator]: () => ({
      next,
      async return() {
        await close()
        return { done: true, value: undefined }
      },
    }),
  }
}
