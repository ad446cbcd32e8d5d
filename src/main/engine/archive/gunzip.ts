import { crc32, createInflateRaw } from 'node:zlib'
import { ArchiveFault } from './archive-fault.ts'
import { byteReader, type ByteReader } from './byte-reader.ts'

export interface GunzipLimits {
  /** More than this many plain bytes a stored byte is a bomb … */
  readonly maxRatio: number
  /** … once so many plain bytes have come out. */
  readonly ratioFromBytes: number
}

export const gunzipLimits: GunzipLimits = { maxRatio: 200, ratioFromBytes: 1024 ** 3 }

const magic = [0x1f, 0x8b] as const
/** Bits of the FLG byte (RFC 1952, 2.3.1). */
const flag = { headerCrc: 0x02, extra: 0x04, name: 0x08, comment: 0x10, reserved: 0xe0 } as const

const inflatedPieceBytes = 128 * 1024

/**
 * The plain bytes of a gzip file (RFC 1952) that holds exactly one member and nothing behind it but zeros. `node:zlib`'s
 * own gunzip reads on into further members and ignores what follows them, so only the deflate body is left to it.
 * Ends normally only after checksum, length and tail were right; else throws ArchiveFault (`truncated`, `malformed`,
 * `tooLarge`). Constant memory; leaving the loop early closes the source.
 */
export async function* gunzip(
  source: AsyncIterable<Uint8Array>,
  limits: GunzipLimits = gunzipLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = byteReader(source)
  try {
    await readHeader(reader)
    const sum = { crc: 0, sizeBytes: 0 }
    let behind: Uint8Array = new Uint8Array(0)
    for await (const piece of inflate(reader, limits, (rest) => (behind = rest))) {
      sum.crc = crc32(piece, sum.crc)
      sum.sizeBytes += piece.byteLength
      yield piece
    }
    const tail = byteReader(prepend(behind, reader))
    await checkTrailer(tail, sum)
    await onlyZeros(tail)
  } finally {
    await reader.close()
  }
}

async function readHeader(reader: ByteReader): Promise<void> {
  const seen: Uint8Array[] = []
  const take = async (count: number): Promise<Uint8Array> => {
    const bytes = await reader.exactly(count)
    // What is no gzip at all is not one that was cut.
    if (seen.length === 0 && bytes.some((byte, at) => at < magic.length && byte !== magic[at]))
      throw malformed('it does not begin as gzip.')
    if (bytes.byteLength < count) throw truncated('inside its gzip header')
    seen.push(bytes)
    return bytes
  }
  const takeText = async (): Promise<void> => {
    // Never kept but for the header checksum, and never longer than anyone needs a file name to be.
    for (let length = 0; ; length += 1) {
      if ((await take(1))[0] === 0) return
      if (length > 65536) throw malformed('a name or comment in its gzip header does not end.')
    }
  }
  const fixed = await take(10)
  const [, , method, flags = 0] = fixed
  if (method !== 8) throw malformed('its gzip header names a compression method other than deflate.')
  if ((flags & flag.reserved) !== 0) throw malformed('its gzip header has reserved flags set.')
  if ((flags & flag.extra) !== 0) {
    const [low = 0, high = 0] = await take(2)
    await take(low + 256 * high)
  }
  if ((flags & flag.name) !== 0) await takeText()
  if ((flags & flag.comment) !== 0) await takeText()
  if ((flags & flag.headerCrc) !== 0) {
    let crc = 0
    for (const bytes of seen) crc = crc32(bytes, crc)
    const [low = 0, high = 0] = await take(2)
    if (low + 256 * high !== (crc & 0xffff)) throw malformed('the checksum of its gzip header is wrong.')
  }
}

/** The body. `behind` is told what had been read from the source and lies behind the body. */
async function* inflate(
  reader: ByteReader,
  limits: GunzipLimits,
  behind: (rest: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const engine = createInflateRaw({ chunkSize: inflatedPieceBytes })
  const headerBytes = reader.readBytes
  const state: { hungry: boolean; ended: boolean; failure: Error | null } = {
    hungry: true,
    ended: false,
    failure: null,
  }
  let wake = (): void => {}
  engine.on('readable', () => wake())
  engine.on('end', () => {
    state.ended = true
    wake()
  })
  engine.on('error', (error) => {
    state.failure = error
    wake()
  })
  let outBytes = 0
  let lastPiece: Uint8Array = new Uint8Array(0)
  try {
    while (!state.ended) {
      if (state.failure !== null) throw bodyFault(state.failure)
      const piece = readPiece(engine)
      if (piece !== null) {
        outBytes += piece.byteLength
        const inBytes = headerBytes + engine.bytesWritten
        if (outBytes > limits.ratioFromBytes && outBytes > limits.maxRatio * inBytes) {
          throw new ArchiveFault(
            'archive.tooLarge',
            `The archive swells without end: ${outBytes} bytes came out of ${inBytes}, more than ${limits.maxRatio} : 1 after the first ${limits.ratioFromBytes}.`,
          )
        }
        yield piece
      } else if (state.hungry) {
        state.hungry = false
        const next = await reader.some(inflatedPieceBytes)
        if (next === null) {
          engine.end()
        } else {
          lastPiece = next
          engine.write(next, () => {
            // What the engine leaves of a piece lies behind the body; its end is told a moment later.
            state.hungry = reader.readBytes - headerBytes === engine.bytesWritten
            wake()
          })
        }
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    const unusedBytes = reader.readBytes - headerBytes - engine.bytesWritten
    behind(lastPiece.subarray(lastPiece.byteLength - unusedBytes))
  } finally {
    engine.destroy()
  }
}

function readPiece(engine: { read(): unknown }): Uint8Array | null {
  const piece = engine.read()
  return piece instanceof Uint8Array ? piece : null
}

function bodyFault(error: Error): ArchiveFault {
  return 'code' in error && error.code === 'Z_BUF_ERROR'
    ? truncated('inside its compressed data')
    : malformed(`its compressed data is damaged (${error.message}).`)
}

async function checkTrailer(tail: ByteReader, sum: { crc: number; sizeBytes: number }): Promise<void> {
  const trailer = await tail.exactly(8)
  if (trailer.byteLength < 8) throw truncated('inside its gzip trailer')
  const view = new DataView(trailer.buffer, trailer.byteOffset, 8)
  if (view.getUint32(0, true) !== sum.crc) throw malformed('its gzip checksum does not fit its contents.')
  if (view.getUint32(4, true) !== sum.sizeBytes % 2 ** 32)
    throw malformed('its gzip length does not fit its contents.')
}

async function onlyZeros(tail: ByteReader): Promise<void> {
  for (let piece = await tail.some(inflatedPieceBytes); piece !== null;) {
    if (piece.some((byte) => byte !== 0)) {
      throw malformed(
        'something other than zeros follows its gzip member (a second member, or bytes that do not belong to it).',
      )
    }
    piece = await tail.some(inflatedPieceBytes)
  }
}

async function* prepend(first: Uint8Array, reader: ByteReader): AsyncGenerator<Uint8Array, void, undefined> {
  yield first
  for (let piece = await reader.some(inflatedPieceBytes); piece !== null;) {
    yield piece
    piece = await reader.some(inflatedPieceBytes)
  }
}

function truncated(where: string): ArchiveFault {
  return new ArchiveFault('archive.truncated', `The archive ends early, ${where}.`)
}

function malformed(what: string): ArchiveFault {
  return new ArchiveFault('archive.malformed', `The archive is damaged: ${what}`)
}
