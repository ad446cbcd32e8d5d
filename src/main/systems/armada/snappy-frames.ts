import { ArchiveFault } from '../../engine/archive/archive-fault.ts'
import { maskedCrc32c } from '../../engine/crc32c.ts'
import { decompressBlock } from './snappy-block.ts'

/**
 * The snappy framing format (google/snappy, framing_format.txt): chunks of one byte of type and three of length, the
 * first of them the stream identifier. `.bak` files of armada are such streams [documented: systems page A3; decoded here
 * from its own test data].
 */
export const streamIdentifier: Uint8Array = Uint8Array.from([
  0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59,
])

/** Plain bytes of one chunk at most (framing format, section 4). */
export const chunkPlainBytes = 65_536

const identifierType = 0xff
export const compressedType = 0x00
export const plainType = 0x01
export const headerBytes = 4
export const crcBytes = 4
/** What snappy makes of the longest chunk where nothing repeats (snappy.cc, MaxCompressedLength). */
const longestBody = crcBytes + 32 + chunkPlainBytes + Math.floor(chunkPlainBytes / 6)

export interface FrameDecoder {
  /** Takes the next bytes of the stream, cut anywhere. Throws `ArchiveFault`; nothing may be pushed after that. */
  push(bytes: Uint8Array): void
  /** The stream ends here. Throws `archive.truncated` where that is within a chunk. */
  end(): void
}

/**
 * Gives the plain bytes of each chunk to `onPlain` once its CRC is right; they are the decoder's own and hold only until
 * it returns. Memory is one chunk in either form, whatever the stream says.
 */
export function createFrameDecoder(onPlain: (plain: Uint8Array) => void): FrameDecoder {
  const header = new Uint8Array(headerBytes)
  /** Made at the first chunk that comes in parts, and at the first compressed one. */
  let body = new Uint8Array()
  let plain = new Uint8Array()
  /** Of the chunk that is being read. */
  let type = -1
  let length = 0
  let filled = 0
  let skipping = false
  let isFirst = true
  /** Offset of the chunk in the stream, for people. */
  let chunkAt = 0

  function malformed(what: string): ArchiveFault {
    return new ArchiveFault('archive.malformed', `The table's file is damaged at byte ${chunkAt}: ${what}.`)
  }

  function begin(): void {
    type = header[0] ?? 0
    length = (header[1] ?? 0) | ((header[2] ?? 0) << 8) | ((header[3] ?? 0) << 16)
    filled = 0
    if (isFirst && type !== identifierType) throw malformed('it does not begin as a snappy stream')
    skipping = false
    if (type === identifierType) {
      if (length !== streamIdentifier.byteLength - headerBytes) throw malformed(notIdentifier)
    } else if (type === compressedType || type === plainType) {
      if (length < crcBytes) throw malformed('a chunk has no room for its checksum')
      const longest = type === plainType ? crcBytes + chunkPlainBytes : longestBody
      if (length > longest) throw malformed(`a chunk has ${length} bytes, more than any chunk of 64 KiB`)
    } else if (type >= 0x80) {
      skipping = true
    } else {
      throw malformed(`a chunk is of type 0x${type.toString(16).padStart(2, '0')}, which must not be skipped`)
    }
  }

  function finish(bytes: Uint8Array, at: number): void {
    const end = at + length
    if (type === identifierType) {
      for (let index = headerBytes; index < streamIdentifier.byteLength; index += 1) {
        if (bytes[at + index - headerBytes] !== streamIdentifier[index]) throw malformed(notIdentifier)
      }
    } else if (!skipping) {
      const stored =
        ((bytes[at] ?? 0) |
          ((bytes[at + 1] ?? 0) << 8) |
          ((bytes[at + 2] ?? 0) << 16) |
          ((bytes[at + 3] ?? 0) << 24)) >>>
        0
      if (type === plainType) deliver(bytes.subarray(at + crcBytes, end), stored)
      else {
        if (plain.byteLength === 0) plain = new Uint8Array(chunkPlainBytes)
        const plainBytes = decompressBlock(bytes, at + crcBytes, end, plain)
        if (typeof plainBytes === 'string') throw malformed(`a chunk cannot be decompressed, ${plainBytes}`)
        deliver(plain.subarray(0, plainBytes), stored)
      }
    }
    isFirst = false
    type = -1
    filled = 0
    chunkAt += headerBytes + length
  }

  function deliver(bytes: Uint8Array, stored: number): void {
    if (maskedCrc32c(bytes) !== stored) throw malformed('the checksum of a chunk is wrong')
    if (bytes.byteLength > 0) onPlain(bytes)
  }

  return {
    push(bytes) {
      for (let at = 0; at < bytes.byteLength;) {
        const left = bytes.byteLength - at
        if (type < 0) {
          const part = Math.min(headerBytes - filled, left)
          for (let index = 0; index < part; index += 1) header[filled + index] = bytes[at + index] ?? 0
          filled += part
          at += part
          if (filled === headerBytes) begin()
          if (type >= 0 && length === 0) finish(bytes, at)
          continue
        }
        const part = Math.min(length - filled, left)
        if (filled === 0 && part === length) {
          finish(bytes, at)
        } else {
          if (!skipping) {
            if (body.byteLength === 0) body = new Uint8Array(longestBody)
            body.set(bytes.subarray(at, at + part), filled)
          }
          filled += part
          if (filled === length) finish(body, 0)
        }
        at += part
      }
    },
    end() {
      if (type < 0 && filled === 0) return
      throw new ArchiveFault(
        'archive.truncated',
        `The table's file ends early, within the chunk that begins at byte ${chunkAt}.`,
      )
    },
  }
}

const notIdentifier = 'it is no snappy stream: its identifier is not "sNaPpY"'
