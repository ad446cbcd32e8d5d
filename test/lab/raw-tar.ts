import { gzipSync } from 'node:zlib'
import { paxRecord, tarHeader } from '../../src/main/engine/archive/tar-writer.ts'

/** One header as the test wants it, right or wrong, with a right checksum. */
export interface RawHeader {
  readonly name?: string | Uint8Array
  readonly type?: string
  readonly sizeBytes?: number
  /** Bytes to set at offsets, before the checksum is made. */
  readonly patch?: Readonly<Record<number, string | Uint8Array>>
}

export function rawHeader({ name = 'kms/x', type = '0', sizeBytes = 0, patch = {} }: RawHeader): Uint8Array {
  const block = Buffer.from(tarHeader({ name: '', type, sizeBytes, mtimeSeconds: 0 }))
  block.set(typeof name === 'string' ? Buffer.from(name, 'utf8') : name, 0)
  for (const [at, bytes] of Object.entries(patch)) {
    block.set(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, Number(at))
  }
  return withChecksum(block)
}

export function withChecksum(header: Uint8Array): Uint8Array {
  const block = Buffer.from(header)
  block.write('        ', 148, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** Contents filled up to whole blocks. */
function rawBody(bytes: string | Uint8Array): Uint8Array {
  const body = Buffer.from(bytes)
  return Buffer.concat([body, Buffer.alloc((512 - (body.byteLength % 512)) % 512)])
}

export function rawFile(header: RawHeader, body: string | Uint8Array = ''): Uint8Array {
  const sizeBytes = Buffer.byteLength(body)
  return Buffer.concat([rawHeader({ sizeBytes, ...header }), rawBody(body)])
}

/** A pax header (`x`, or `g` for all that follows) of these records. */
export function paxHeader(records: readonly (readonly [string, string])[], type = 'x'): Uint8Array {
  const body = Buffer.concat(records.map(([keyword, value]) => paxRecord(keyword, value)))
  return rawFile({ name: 'PaxHeader', type }, body)
}

/** GNU's long name (`L`) or long link (`K`). */
export function gnuLong(text: string | Uint8Array, type = 'L'): Uint8Array {
  return rawFile(
    { name: '././@LongLink', type, patch: { 257: 'ustar  \0' } },
    Buffer.concat([Buffer.from(text), Buffer.alloc(1)]),
  )
}

export const endOfTar: Uint8Array = Buffer.alloc(1024)

export function gzipped(...pieces: readonly Uint8Array[]): Uint8Array {
  return gzipSync(Buffer.concat(pieces), { level: 1 })
}

/** In pieces of a size that fits nothing. */
export async function* inPieces(bytes: Uint8Array, pieceBytes = 977): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes)
    yield Uint8Array.from(bytes.subarray(at, at + pieceBytes))
}
