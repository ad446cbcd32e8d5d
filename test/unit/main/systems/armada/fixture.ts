import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { inProcessByteWork } from '../../../../fakes/in-process-byte-work.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { readFacts, type TableFacts } from '../../../../../src/main/systems/armada/facts.ts'
import { createTableReader } from '../../../../../src/main/systems/armada/table-reader.ts'
import { walkArmada } from '../../../../../src/main/systems/armada/armada.ts'
import { snappyStream } from '../../../../../src/main/systems/armada/snappy-writer.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { compressBlock } from '../../../../lab/snappy-compressor.ts'

const vectors = fileURLToPath(new URL('../../../../vectors/armada/', import.meta.url))

/** A file of the system's own test data. */
export function vector(name: string): Promise<Uint8Array> {
  return readFile(`${vectors}${name}`)
}

/** Folders of the system's own test data as backups of one repository. */
export async function vectorRepository(...folders: readonly string[]): Promise<ObjectStore> {
  const store = memoryStore()
  for (const folder of folders) {
    for (const name of await readdir(`${vectors}${folder}`)) {
      await store.put(`${folder}/${name}`, await vector(`${folder}/${name}`))
    }
  }
  return store
}

export function factsOf(file: Uint8Array, pieceBytes = file.byteLength): TableFacts {
  const reader = createTableReader()
  for (let at = 0; at < file.byteLength; at += pieceBytes) reader.push(file.subarray(at, at + pieceBytes))
  return reader.finish()
}

/** `code: first sentence` of each problem. */
export function problemsOf(file: Uint8Array): readonly string[] {
  return factsOf(file).problems.map(({ code, message }) => `${code}: ${message}`)
}

/** A whole file of these records. */
export async function fileOf(...records: readonly Uint8Array[]): Promise<Uint8Array> {
  return gathered(snappyStream(records))
}

export async function compressedFileOf(...records: readonly Uint8Array[]): Promise<Uint8Array> {
  return gathered(snappyStream(records, compressBlock))
}

export async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return Buffer.concat(parts)
}

/** As the byte work reads a file in a worker: hashes and the walker's facts. */
export async function inspected(
  file: Uint8Array,
): Promise<{ sha256: string; md5: string | undefined; facts: TableFacts | null }> {
  const byteWork = inProcessByteWork(new Map([['armada', walkArmada]]))
  try {
    const pieces = (async function* () {
      yield file.slice()
    })()
    const task = { opening: null, walk: { walker: 'armada', options: null }, md5: true }
    const { sha256, md5, content } = await byteWork.inspect(pieces, task)
    return { sha256, md5, facts: readFacts(JSON.parse(JSON.stringify(content))) }
  } finally {
    await byteWork.close()
  }
}
