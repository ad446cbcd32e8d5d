import { ArchiveFault } from './archive-fault.ts'

export const blockBytes = 512

/** One header block, its numbers read and its names still as bytes. */
export interface TarHeader {
  readonly type: string
  readonly sizeBytes: number
  /**
   * Prefix and name joined as the dialect has it; may hold a NUL where bytes follow the end of a field. To be called
   * only where this name counts: writers cut what does not fit, even within a character. Throws as `decodeName`.
   */
  readonly readName: () => string
}

/** Where the fields lie: POSIX.1-2017 pax, "ustar Interchange Format"; V7 and GNU agree up to byte 257. */
const field = {
  name: [0, 100],
  mode: [100, 108],
  uid: [108, 116],
  gid: [116, 124],
  size: [124, 136],
  mtime: [136, 148],
  checksum: [148, 156],
  magic: [257, 263],
  prefix: [345, 500],
} as const satisfies Record<string, readonly [number, number]>

type Span = readonly [number, number]

/** Sizes are exact in a number up to here and far beyond the limit of 16 TiB. */
const largest = BigInt(Number.MAX_SAFE_INTEGER)

export function isZeroBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0)
}

/** Throws ArchiveFault `archive.malformed` where the checksum or a number is wrong. */
export function readTarHeader(block: Uint8Array, atByte: number): TarHeader {
  checkSum(block, atByte)
  for (const name of ['mode', 'uid', 'gid', 'mtime'] as const) readNumber(block, field[name], name, atByte)
  const size = readNumber(block, field.size, 'size', atByte)
  if (size < 0n) throw malformed(`the size in the header at byte ${atByte} is negative.`)
  const type = String.fromCharCode(block[156] ?? 0)
  // Only POSIX archives have a prefix: GNU keeps other things there, V7 nothing that can be relied on.
  const posix = latin1(block, field.magic) === 'ustar\0'
  return {
    type,
    sizeBytes: size > largest ? Number.MAX_SAFE_INTEGER : Number(size),
    readName: () => {
      const prefix = posix ? nameIn(block, field.prefix, atByte) : ''
      const name = nameIn(block, field.name, atByte)
      return prefix === '' ? name : `${prefix}/${name}`
    },
  }
}

/** A name's bytes as text. Names are UTF-8 (pax) or the writer's own: what is not UTF-8 cannot be kept apart safely. */
export function decodeName(bytes: Uint8Array, atByte: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw malformed(`the name in the header at byte ${atByte} is not UTF-8.`)
  }
}

export function malformed(what: string): ArchiveFault {
  return new ArchiveFault('archive.malformed', `The archive is damaged: ${what}`)
}

/** The sum of all bytes, the checksum's own taken as spaces. Some old writers summed signed bytes; GNU tar takes both. */
function checkSum(block: Uint8Array, atByte: number): void {
  const recorded = readNumber(block, field.checksum, 'checksum', atByte)
  let unsigned = 0
  let signed = 0
  for (let at = 0; at < blockBytes; at += 1) {
    const inside = at >= field.checksum[0] && at < field.checksum[1]
    const byte = inside ? 0x20 : (block[at] ?? 0)
    unsigned += byte
    signed += byte > 127 ? byte - 256 : byte
  }
  if (recorded !== BigInt(unsigned) && recorded !== BigInt(signed)) {
    throw malformed(`the checksum of the header at byte ${atByte} is wrong.`)
  }
}

/** Octal text ended by spaces or NULs, or GNU's base-256: a first byte of 0x80 (or 0xff: negative), then big-endian. */
function readNumber(block: Uint8Array, span: Span, name: string, atByte: number): bigint {
  const first = block[span[0]] ?? 0
  if (first === 0x80 || first === 0xff) {
    let value = first === 0xff ? -1n : 0n
    for (let at = span[0] + 1; at < span[1]; at += 1) value = value * 256n + BigInt(block[at] ?? 0)
    return value
  }
  const match = /^ *([0-7]*)[ \0]*$/.exec(latin1(block, span))
  const digits = match?.[1]
  if (digits === undefined || (digits === '' && first !== 0)) {
    throw malformed(`the ${name} in the header at byte ${atByte} is no number.`)
  }
  return digits === '' ? 0n : BigInt(`0o${digits}`)
}

/** Ends at the first NUL; where anything but NULs follows that, all of it is kept, so that nothing hides there. */
function nameIn(block: Uint8Array, span: Span, atByte: number): string {
  const bytes = block.subarray(span[0], span[1])
  let end = bytes.byteLength
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return decodeName(bytes.subarray(0, end), atByte)
}

function latin1(block: Uint8Array, span: Span): string {
  return Buffer.from(block.buffer, block.byteOffset + span[0], span[1] - span[0]).toString('latin1')
}
