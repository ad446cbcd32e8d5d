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

export function isZeroBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0)
}

/** Throws ArchiveFault `archive.malformed` where the checksum or a number is wrong. */
export function readTarHeader(block: Uint8Array, atByte: number): TarHeader {
  checkSum(block, atByte)
  for (const name of ['mode', 'uid', 'gid', 'mtime'] as const) {
    const value = readNumber(block, field[name], name, atByte)
    // Nothing here depends on it, but GNU tar rejects what fits no time or id.
    if (!Number.isSafeInteger(value))
      throw malformed(`the ${name} in the header at byte ${atByte} is no such number.`)
  }
  const size = readNumber(block, field.size, 'size', atByte)
  if (size < 0) throw malformed(`the size in the header at byte ${atByte} is negative.`)
  const type = String.fromCharCode(block[156] ?? 0)
  // Only POSIX archives have a prefix: GNU keeps other things there, V7 nothing that can be relied on.
  const posix = latin1(block, field.magic) === 'ustar\0'
  return {
    type,
    sizeBytes: size,
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
  const [start, end] = field.checksum
  const recorded = readNumber(block, field.checksum, 'checksum', atByte)
  let sum = 0x20 * (end - start)
  let highBytes = 0
  for (let at = 0; at < blockBytes; at += 1) {
    if (at === start) at = end
    const byte = block[at] ?? 0
    sum += byte
    if (byte > 127) highBytes += 1
  }
  if (recorded !== sum && recorded !== sum - 256 * highBytes) {
    throw malformed(`the checksum of the header at byte ${atByte} is wrong.`)
  }
}

/**
 * Octal text ended by spaces or NULs, or GNU's base-256: a first byte of 0x80 (or 0xff: negative), then big-endian. Exact
 * as far as a number is, which is far beyond any size that is allowed.
 */
function readNumber(block: Uint8Array, [start, end]: Span, name: string, atByte: number): number {
  const first = block[start] ?? 0
  let at = start
  let value = 0
  if (first === 0x80 || first === 0xff) {
    if (first === 0xff) value = -1
    for (at += 1; at < end; at += 1) value = value * 256 + (block[at] ?? 0)
    return value
  }
  while (at < end && block[at] === 0x20) at += 1
  const digitsStart = at
  for (; at < end; at += 1) {
    const digit = (block[at] ?? 0) - 0x30
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  const hasDigits = at > digitsStart
  while (at < end && (block[at] === 0x20 || block[at] === 0)) at += 1
  // A field of nothing but NULs is one that the writer left out.
  if (at < end || (!hasDigits && first !== 0)) {
    throw malformed(`the ${name} in the header at byte ${atByte} is no number.`)
  }
  return value
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
