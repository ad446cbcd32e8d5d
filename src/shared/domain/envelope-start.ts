import { parseEnvelopeHeader, type EnvelopeHeader } from './envelope-header.ts'
import { envelopeLimits, preambleBytes } from './envelope-sizes.ts'
import type { Beginning } from './object-facts.ts'

/** Every header that this console writes lies within these, preamble included; another's may be longer. */
export const usualStartBytes = 4096

const magic = [0x4b, 0x42, 0x45, 0x31] // "KBE1"

/** `bytes` are an object's first four or more, or all of a shorter one. */
export function sniffBeginning(bytes: Uint8Array): Beginning {
  if (bytes.byteLength === 0) return 'empty'
  if (magic.every((byte, at) => at >= bytes.byteLength || bytes[at] === byte)) return 'envelope'
  // RFC 1952 §2.3.1
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? 'gzip' : 'other'
}

export type EnvelopeStart =
  /** Ask again with at least this many of the object's first bytes, or with all of it. */
  | { readonly outcome: 'needMore'; readonly bytes: number }
  | { readonly outcome: 'truncated' | 'headerInvalid' | 'unknown'; readonly reason: string }
  /** `headerBytes`: a copy of everything before the first segment (magic, length, JSON). */
  | { readonly outcome: 'header'; readonly header: EnvelopeHeader; readonly headerBytes: Uint8Array }

/**
 * Reads the start of an object that is not plain. Never asks for more than 64 KiB and 8 bytes, whatever the object
 * says. A header length outside 1..65536 is no length at all: it is called invalid however short the object is.
 */
export function readEnvelopeStart(firstBytes: Uint8Array, isWholeObject: boolean): EnvelopeStart {
  if (firstBytes.byteLength < preambleBytes && !isWholeObject) {
    return { outcome: 'needMore', bytes: preambleBytes }
  }
  const beginning = sniffBeginning(firstBytes)
  if (beginning === 'empty') return { outcome: 'truncated', reason: 'it is empty' }
  if (beginning !== 'envelope') return { outcome: 'unknown', reason: 'it does not begin with KBE1' }
  if (firstBytes.byteLength < preambleBytes) {
    return {
      outcome: 'truncated',
      reason: `it ends after ${firstBytes.byteLength} bytes, within its first 8`,
    }
  }
  const length = new DataView(firstBytes.buffer, firstBytes.byteOffset, preambleBytes).getUint32(4)
  const { least, most } = envelopeLimits.headerBytes
  if (length < least || length > most) {
    return {
      outcome: 'headerInvalid',
      reason: `its length is given as ${length}, outside ${least} to ${most}`,
    }
  }
  const end = preambleBytes + length
  if (firstBytes.byteLength < end) {
    return isWholeObject
      ? {
          outcome: 'truncated',
          reason: `it ends after ${firstBytes.byteLength} bytes, within its header of ${end}`,
        }
      : { outcome: 'needMore', bytes: end }
  }
  const reading = parseEnvelopeHeader(firstBytes.subarray(preambleBytes, end))
  if (reading.outcome !== 'header') return reading
  return { ...reading, headerBytes: new Uint8Array(firstBytes.subarray(0, end)) }
}
