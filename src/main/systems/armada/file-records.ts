import { dummyType } from './command.ts'
import type { TableFacts } from './facts.ts'
import { createTableReader } from './table-reader.ts'

/** One put of a table's file. */
export interface FileRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Of the command, without its length, as a server counts it. */
  readonly sizeBytes: number
}

/** So many bytes of the file are read at once: decompressed they are at most some 20 times as many. */
const mostAtOnce = 64 * 1024

/**
 * The puts of a table's file, some at a time, and what the whole file was in the end. Memory is what 64 KiB of it hold. Damage is for
 * whoever reads to the end to see.
 */
export async function* readRecords(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly FileRecord[], TableFacts, undefined> {
  let found: FileRecord[] = []
  const reader = createTableReader(({ bytes, start, end, type, keyStart, keyEnd, valueStart, valueEnd }) => {
    if (type === dummyType) return
    const kept = bytes.slice(start, end)
    found.push({
      key: kept.subarray(keyStart - start, keyEnd - start),
      value: kept.subarray(valueStart - start, valueEnd - start),
      sizeBytes: end - start,
    })
  })
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; at += mostAtOnce) {
      reader.push(piece.subarray(at, at + mostAtOnce))
      if (found.length === 0) continue
      yield found
      found = []
    }
  }
  return reader.finish()
}
