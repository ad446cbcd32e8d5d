import { createHash } from 'node:crypto'
import { ArchiveFault } from '../../engine/archive/archive-fault.ts'
import { byteReader, type ByteReader } from '../../engine/archive/byte-reader.ts'
import { gunzip } from '../../engine/archive/gunzip.ts'
import { readWalkOptions, type Slice, type SliceFacts, type SlicesFacts } from './facts.ts'
import { inflatedRaw } from './inflate-raw.ts'
import { readVolume } from './volume-image.ts'

/** The walker: of a volume it follows the header and its tables, of anything else the checksums of the runs that a manifest records. */
export async function walkKindling(pieces: AsyncIterable<Uint8Array>, options: unknown): Promise<unknown> {
  const asked = readWalkOptions(options)
  if (asked === null) return null
  return asked.kind === 'volume' ? readVolume(pieces) : readSlices(pieces, asked.slices)
}

/** Stored and plain SHA-1 of each run. Never throws for what the bytes say. */
async function readSlices(pieces: AsyncIterable<Uint8Array>, slices: readonly Slice[]): Promise<SlicesFacts> {
  const facts: SliceFacts[] = []
  const reader = byteReader(pieces)
  for (const slice of slices.toSorted((a, b) => a.offset - b.offset || a.sizeBytes - b.sizeBytes)) {
    const { offset, sizeBytes } = slice
    if (reader.readBytes > offset) {
      const flaw = 'it overlaps the one before it'
      facts.push({ offset, sizeBytes, stored: null, plain: null, flaw })
      continue
    }
    for await (const _between of runOf(reader, offset - reader.readBytes, () => undefined));
    facts.push(await readSlice(reader, slice))
  }
  return { format: 'kindling-slices/1', slices: facts }
}

/** More than deflate can do; what is stored was bound to its size before. */
const anyRatio = { maxRatio: 1100, ratioFromBytes: 1024 ** 3 }

async function readSlice(reader: ByteReader, { offset, sizeBytes, form }: Slice): Promise<SliceFacts> {
  const storedHash = createHash('sha1')
  const plainHash = createHash('sha1')
  let plainBytes = 0
  let flaw: string | null = null
  const run = runOf(reader, sizeBytes, (piece) => storedHash.update(piece))
  if (form === 'gz' || form === 'deflate') {
    const plain = form === 'gz' ? gunzip(run, anyRatio) : inflatedRaw(run)
    try {
      for await (const piece of plain) {
        plainHash.update(piece)
        plainBytes += piece.byteLength
      }
    } catch (error) {
      if (!(error instanceof ArchiveFault)) throw error
      flaw = error.message
    }
  }
  for await (const _rest of run);
  const isWhole = reader.readBytes === offset + sizeBytes
  const stored = isWhole ? storedHash.digest('hex') : null
  if (stored === null) return { offset, sizeBytes, stored, plain: null, flaw: 'the object ends before it' }
  if (form === 'unread' || flaw !== null) return { offset, sizeBytes, stored, plain: null, flaw }
  const plain =
    form === 'none' ? { sha1: stored, sizeBytes } : { sha1: plainHash.digest('hex'), sizeBytes: plainBytes }
  return { offset, sizeBytes, stored, plain, flaw }
}

/** The next `sizeBytes` of a reader; whoever leaves it early leaves the rest to the next one who asks. */
function runOf(
  reader: ByteReader,
  sizeBytes: number,
  each: (piece: Uint8Array) => void,
): AsyncIterable<Uint8Array> {
  const end = reader.readBytes + sizeBytes
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const piece = reader.readBytes < end ? await reader.some(end - reader.readBytes) : null
        if (piece === null) return { done: true, value: undefined }
        each(piece)
        return { done: false, value: piece }
      },
    }),
  }
}
