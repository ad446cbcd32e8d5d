import { decodeName, malformed } from './tar-header.ts'

/** What a pax extended header says about the entries that it speaks for; the rest of its records change nothing here. */
export interface PaxRecords {
  readonly path: string | null
  readonly sizeBytes: number | null
  /** A GNU or star record of a sparse file. */
  readonly sparse: boolean
}

export const noRecords: PaxRecords = { path: null, sizeBytes: null, sparse: false }

/**
 * Records `<length> <keyword>=<value>\n`, the length in decimal digits and counting the whole record (POSIX.1-2017 pax,
 * "pax Extended Header"). Throws ArchiveFault `archive.malformed` for anything that is not exactly a row of them, and for
 * `path` or `size` given twice, where readers differ in which one counts.
 */
export function readPaxRecords(bytes: Uint8Array, atByte: number): PaxRecords {
  const wrong = (what: string) => malformed(`${what} in the extended header at byte ${atByte}.`)
  let path: string | null = null
  let sizeBytes: number | null = null
  let sparse = false
  for (let at = 0; at < bytes.byteLength;) {
    const space = bytes.indexOf(0x20, at)
    const digits = space < 0 ? '' : ascii(bytes.subarray(at, Math.min(space, at + 9)))
    if (!/^[0-9]{1,8}$/.test(digits) || space - at > 8) throw wrong('a record has no length')
    const end = at + Number(digits)
    if (end > bytes.byteLength || end <= space || bytes[end - 1] !== 0x0a) {
      throw wrong('a record does not end where its length says')
    }
    const equals = bytes.indexOf(0x3d, space + 1)
    if (equals < 0 || equals >= end - 1 || equals === space + 1) throw wrong('a record has no keyword')
    const keyword = ascii(bytes.subarray(space + 1, equals))
    const value = bytes.subarray(equals + 1, end - 1)
    if (keyword === 'path') {
      if (path !== null) throw wrong('the path stands twice')
      path = decodeName(value, atByte)
    } else if (keyword === 'size') {
      const text = ascii(value)
      if (sizeBytes !== null) throw wrong('the size stands twice')
      if (!/^[0-9]{1,20}$/.test(text)) throw wrong('the size is no number')
      sizeBytes = Math.min(Number(text), Number.MAX_SAFE_INTEGER)
    } else if (/^GNU\.sparse\.|^SCHILY\.realsize$/.test(keyword)) {
      sparse = true
    }
    at = end
  }
  return { path, sizeBytes, sparse }
}

function ascii(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
