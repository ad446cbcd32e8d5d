import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { blockBytes } from './tar-header.ts'

export interface TarInput {
  /** As it is to stand in the archive; a folder's trailing slash is added. */
  readonly name: string
  readonly kind: 'file' | 'folder'
  readonly sizeBytes: number
  /** Exactly `sizeBytes`; nothing for a folder. */
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  /** Seconds since the epoch; 0 where left out, so that the same input makes the same bytes. */
  readonly mtimeSeconds?: number
}

const largestOctalSize = 8 ** 11 - 1

/**
 * A tar archive in ustar format (POSIX.1-2017 pax, "ustar Interchange Format"), with a pax header before an entry whose
 * name or size does not fit. Throws a RangeError where an entry's pieces are not as long as it says.
 */
export async function* writeTar(
  entries: AsyncIterable<TarInput> | Iterable<TarInput>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const entry of entries) {
    yield* headersOf(entry)
    let writtenBytes = 0
    for await (const piece of entry.pieces) {
      writtenBytes += piece.byteLength
      yield piece
    }
    if (writtenBytes !== entry.sizeBytes) {
      throw new RangeError(`The entry has ${writtenBytes} bytes of contents instead of ${entry.sizeBytes}.`)
    }
    const overBytes = writtenBytes % blockBytes
    if (overBytes > 0) yield new Uint8Array(blockBytes - overBytes)
  }
  yield new Uint8Array(2 * blockBytes)
}

/** How many bytes `writeTar` makes of these. */
export function tarSizeBytes(entries: Iterable<Omit<TarInput, 'pieces'>>): number {
  let sum = 2 * blockBytes
  for (const entry of entries) {
    for (const block of headersOf(entry)) sum += block.byteLength
    sum += Math.ceil(entry.sizeBytes / blockBytes) * blockBytes
  }
  return sum
}

function* headersOf(entry: Omit<TarInput, 'pieces'>): Generator<Uint8Array, void, undefined> {
  const name = entry.kind === 'folder' ? `${entry.name.replace(/\/+$/, '')}/` : entry.name
  const mtimeSeconds = entry.mtimeSeconds ?? 0
  const records = [
    ...(splitName(name) === null ? [paxRecord('path', name)] : []),
    ...(entry.sizeBytes > largestOctalSize ? [paxRecord('size', String(entry.sizeBytes))] : []),
  ]
  if (records.length > 0) {
    const body = Buffer.concat(records)
    yield tarHeader({ name: 'PaxHeader', type: 'x', sizeBytes: body.byteLength, mtimeSeconds })
    yield padded(body)
  }
  yield tarHeader({
    name,
    type: entry.kind === 'folder' ? '5' : '0',
    sizeBytes: entry.sizeBytes > largestOctalSize ? 0 : entry.sizeBytes,
    mtimeSeconds,
  })
}

/** One gzip member; the same bytes and level make the same member. Leaving the loop early closes the source. */
export async function* gzip(
  pieces: AsyncIterable<Uint8Array>,
  level = 6,
): AsyncGenerator<Uint8Array, void, undefined> {
  const packer = createGzip({ level, chunkSize: 128 * 1024 })
  const packing = pipeline(pieces, packer)
  // A failure reaches the reader of `packer`; this only keeps it from being unhandled as well.
  packing.catch(() => undefined)
  for await (const piece of packer) {
    if (piece instanceof Uint8Array) yield piece
  }
  await packing
}

/** One header block with its checksum. The name is cut where it does not fit; a pax header then has the whole. */
export function tarHeader(fields: {
  readonly name: string
  readonly type: string
  readonly sizeBytes: number
  readonly mtimeSeconds: number
}): Uint8Array {
  const block = Buffer.alloc(blockBytes)
  const { prefix, name } = splitName(fields.name) ?? {
    prefix: Buffer.alloc(0),
    name: Buffer.from(fields.name, 'utf8').subarray(0, 100),
  }
  block.set(name, 0)
  block.write(fields.type === '5' ? '0000755\0' : '0000644\0', 100, 'latin1')
  block.write('0000000\0', 108, 'latin1')
  block.write('0000000\0', 116, 'latin1')
  block.write(`${fields.sizeBytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  block.write(`${fields.mtimeSeconds.toString(8).padStart(11, '0')}\0`, 136, 'latin1')
  block.write('        ', 148, 'latin1')
  block.write(fields.type, 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  block.set(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** Null where the name fits neither the 100 bytes of the name nor, split at a slash, 155 and 100. */
function splitName(name: string): { prefix: Uint8Array; name: Uint8Array } | null {
  const bytes = Buffer.from(name, 'utf8')
  if (bytes.byteLength <= 100) return { prefix: bytes.subarray(0, 0), name: bytes }
  for (let at = Math.min(155, bytes.byteLength - 2); at > 0; at -= 1) {
    if (bytes[at] === 0x2f && bytes.byteLength - at - 1 <= 100) {
      return { prefix: bytes.subarray(0, at), name: bytes.subarray(at + 1) }
    }
  }
  return null
}

/** The length counts its own digits. */
export function paxRecord(keyword: string, value: string): Buffer {
  const rest = Buffer.from(` ${keyword}=${value}\n`, 'utf8')
  let length = rest.byteLength + 1
  while (String(length).length + rest.byteLength !== length) length = String(length).length + rest.byteLength
  return Buffer.concat([Buffer.from(String(length), 'latin1'), rest])
}

function padded(bytes: Uint8Array): Uint8Array {
  const block = new Uint8Array(Math.ceil(bytes.byteLength / blockBytes) * blockBytes)
  block.set(bytes)
  return block
}
