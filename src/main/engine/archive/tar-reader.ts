import { ArchiveFault } from './archive-fault.ts'
import { byteReader, type ByteReader } from './byte-reader.ts'
import { quoted } from './entry-name.ts'
import { noRecords, readPaxRecords, type PaxRecords } from './pax-records.ts'
import {
  blockBytes,
  decodeName,
  isZeroBlock,
  malformed,
  readTarHeader,
  type TarHeader,
} from './tar-header.ts'

export interface TarLimits {
  readonly entries: number
  readonly nameBytes: number
  readonly extendedHeaderBytes: number
  readonly entrySizeBytes: number
}

export const tarLimits: TarLimits = {
  entries: 500_000,
  nameBytes: 4096,
  extendedHeaderBytes: 1024 * 1024,
  entrySizeBytes: 16 * 1024 ** 4,
}

export interface TarEntry {
  /** The name that counts, as it stands: of a pax header, else of a global one, else GNU's long name, else the header's. */
  readonly name: string
  /** True where the name or the size comes from a global pax header, which readers are known to disagree about. */
  readonly global: boolean
  /** `other` is what an archive of plain data has no use for: links, devices, pipes, sparse files, unknown types. */
  readonly kind: 'file' | 'folder' | 'other'
  /** In words, for messages. */
  readonly type: string
  /** Bytes of contents that lie in the archive. */
  readonly sizeBytes: number
  /** The contents; what is not read of them before the next entry is asked for is skipped. */
  readonly pieces: AsyncIterable<Uint8Array>
}

const typeNames: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a named pipe',
  S: 'a sparse file',
  D: 'an incremental folder list',
  M: 'a part of a multi-volume archive',
  V: 'a volume label',
}

const pieceBytes = 256 * 1024

/**
 * The entries of a tar archive in V7, ustar, GNU or pax dialect, read strictly and in constant memory. Readers in use
 * disagree about crooked archives, and some list what tar itself never unpacks; here whatever could be read in two ways
 * is refused. Ends normally only where the archive ends at two zero blocks with nothing but zeros behind; else throws
 * ArchiveFault. The returned value is the number of bytes up to the end of the second zero block.
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  limits: TarLimits = tarLimits,
): AsyncGenerator<TarEntry, number, undefined> {
  const reader = byteReader(source)
  try {
    let global = noRecords
    let headers = 0
    for (;;) {
      const next = await readEntryHeader(reader, limits, (records) => {
        global = {
          path: records.path ?? global.path,
          sizeBytes: records.sizeBytes ?? global.sizeBytes,
          sparse: records.sparse || global.sparse,
        }
        return ++headers
      })
      if (next === null) break
      if (++headers > limits.entries) throw tooManyEntries(limits)
      const entry = describe(next, global, limits)
      const body = contents(reader, entry.sizeBytes)
      yield { ...entry, pieces: body.pieces }
      await body.skip()
    }
    const endByte = reader.readBytes
    await onlyZeros(reader)
    return endByte
  } finally {
    await reader.close()
  }
}

/** A header together with the extended headers before it. */
interface EntryHeader {
  readonly header: TarHeader
  readonly atByte: number
  readonly pax: PaxRecords | null
  readonly longName: string | null
}

/** Null at the end of the archive. */
async function readEntryHeader(
  reader: ByteReader,
  limits: TarLimits,
  takeGlobal: (records: PaxRecords) => number,
): Promise<EntryHeader | null> {
  let pax: PaxRecords | null = null
  let longName: string | null = null
  let longLink = false
  for (;;) {
    const atByte = reader.readBytes
    const block = await readBlock(reader)
    if (isZeroBlock(block)) {
      if (pax !== null || longName !== null || longLink) {
        throw malformed(`the extended header before byte ${atByte} belongs to no entry.`)
      }
      if (!isZeroBlock(await readBlock(reader))) {
        throw malformed(`a single zero block stands at byte ${atByte}; an archive ends at two.`)
      }
      return null
    }
    const header = readTarHeader(block, atByte)
    const twice = (what: string) => malformed(`${what} before the entry at byte ${atByte} stands twice.`)
    switch (header.type) {
      case 'x':
        if (pax !== null) throw twice('the extended header')
        pax = readPaxRecords((await extended(reader, header, limits)).bytes, atByte)
        break
      case 'g': {
        // It speaks for all that follows; between an extended header and its entry it would be read either way.
        if (pax !== null || longName !== null || longLink)
          throw malformed(
            `a global header stands at byte ${atByte} between an extended header and its entry.`,
          )
        const records = readPaxRecords((await extended(reader, header, limits)).bytes, atByte)
        if (takeGlobal(records) > limits.entries) throw tooManyEntries(limits)
        break
      }
      case 'L':
        if (longName !== null) throw twice('the long name')
        longName = readLongName(await extended(reader, header, limits), atByte)
        break
      case 'K':
        if (longLink) throw twice('the long link')
        longLink = true
        await extended(reader, header, limits)
        break
      default:
        return { header, atByte, pax, longName }
    }
  }
}

function describe(next: EntryHeader, global: PaxRecords, limits: TarLimits): Omit<TarEntry, 'pieces'> {
  const { header, pax, longName, atByte } = next
  const name = pax?.path ?? global.path ?? longName ?? header.readName()
  const sizeBytes = pax?.sizeBytes ?? global.sizeBytes ?? header.sizeBytes
  const fromGlobal =
    ((pax?.path ?? null) === null && global.path !== null) ||
    ((pax?.sizeBytes ?? null) === null && global.sizeBytes !== null)
  const nameBytes = Buffer.byteLength(name)
  if (nameBytes > limits.nameBytes) {
    throw tooLarge(`the name at byte ${atByte} has ${nameBytes} bytes, more than ${limits.nameBytes}.`)
  }
  if (sizeBytes > limits.entrySizeBytes) {
    throw tooLarge(`${quoted(name)} claims ${sizeBytes} bytes, more than ${limits.entrySizeBytes}.`)
  }
  if (pax?.sparse === true || global.sparse || header.type === 'S') {
    // Where its contents end cannot be told without unpacking its map; nothing after it would be sure.
    throw new ArchiveFault(
      'archive.unsafeEntry',
      `${quoted(name)} is a sparse file; only regular files and folders belong in a backup.`,
    )
  }
  const regular = header.type === '0' || header.type === '\0' || header.type === '7'
  // V7 has no type for folders: a trailing slash marks them.
  const folder = header.type === '5' || (regular && name.endsWith('/'))
  if (sizeBytes > 0 && (folder || '12346'.includes(header.type))) {
    throw malformed(
      `${quoted(name)} is no file and claims ${sizeBytes} bytes of contents; readers disagree about where it ends.`,
    )
  }
  return {
    name,
    global: fromGlobal,
    kind: folder ? 'folder' : regular ? 'file' : 'other',
    type: folder
      ? 'a folder'
      : regular
        ? 'a file'
        : (typeNames[header.type] ?? `an entry of type ${quoted(header.type)}`),
    sizeBytes,
  }
}

function contents(
  reader: ByteReader,
  sizeBytes: number,
): { pieces: AsyncIterable<Uint8Array>; skip(): Promise<void> } {
  let leftBytes = sizeBytes
  let paddingBytes = (blockBytes - (sizeBytes % blockBytes)) % blockBytes
  let open = true
  const take = async (): Promise<Uint8Array | null> => {
    if (leftBytes === 0) return null
    const piece = await reader.some(Math.min(leftBytes, pieceBytes))
    if (piece === null) throw truncated(reader)
    leftBytes -= piece.byteLength
    return piece
  }
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    while (open) {
      const piece = await take()
      if (piece === null) return
      yield piece
    }
  }
  return {
    pieces: { [Symbol.asyncIterator]: pieces },
    async skip() {
      open = false
      leftBytes -= await reader.skip(leftBytes)
      if (leftBytes > 0) throw truncated(reader)
      const padding = await reader.exactly(paddingBytes)
      if (padding.byteLength < paddingBytes) throw truncated(reader)
      paddingBytes = 0
    },
  }
}

/** The contents of an extended header, and the same with what fills their last block up. */
interface Extended {
  readonly bytes: Uint8Array
  readonly padded: Uint8Array
}

async function extended(reader: ByteReader, header: TarHeader, limits: TarLimits): Promise<Extended> {
  if (header.sizeBytes > limits.extendedHeaderBytes) {
    throw tooLarge(
      `an extended header has ${header.sizeBytes} bytes, more than ${limits.extendedHeaderBytes}.`,
    )
  }
  const paddedBytes = Math.ceil(header.sizeBytes / blockBytes) * blockBytes
  const padded = await reader.exactly(paddedBytes)
  if (padded.byteLength < paddedBytes) throw truncated(reader)
  return { bytes: padded.subarray(0, header.sizeBytes), padded }
}

/**
 * GNU ends the name with a NUL and reads up to the first one, wherever the size says that it ends; so the two have to
 * agree. A NUL inside is kept and makes the name unsafe.
 */
function readLongName({ bytes, padded }: Extended, atByte: number): string {
  let end = bytes.byteLength
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  const isEnded = end < bytes.byteLength || padded[end] === 0
  if (!isEnded) throw malformed(`the long name at byte ${atByte} does not end where its size says.`)
  return decodeName(bytes.subarray(0, end), atByte)
}

async function readBlock(reader: ByteReader): Promise<Uint8Array> {
  const block = await reader.exactly(blockBytes)
  if (block.byteLength < blockBytes) throw truncated(reader)
  return block
}

async function onlyZeros(reader: ByteReader): Promise<void> {
  for (let piece = await reader.some(pieceBytes); piece !== null; piece = await reader.some(pieceBytes)) {
    if (!isZeroBlock(piece)) throw malformed('something other than zeros follows its two zero blocks.')
  }
}

function truncated(reader: ByteReader): ArchiveFault {
  return new ArchiveFault(
    'archive.truncated',
    `The archive ends early: after ${reader.readBytes} plain bytes, without the two zero blocks that end a tar.`,
  )
}

function tooLarge(what: string): ArchiveFault {
  return new ArchiveFault('archive.tooLarge', `The archive goes beyond what any backup needs: ${what}`)
}

function tooManyEntries(limits: TarLimits): ArchiveFault {
  return tooLarge(`it has more than ${limits.entries} entries.`)
}
