import { Buffer } from 'node:buffer'
import type { Owner } from '../../../shared/domain/restore-plan.ts'

const blockBytes = 512
const largestSize = 8 ** 11 - 1
const largestId = 8 ** 7 - 1
const longestName = 100

export interface TarEntry {
  /** Parts joined by `/`, never one at the end. */
  readonly path: string
  readonly kind: 'file' | 'folder'
  readonly mode: number
  readonly owner: Owner
  readonly sizeBytes: number
}

/**
 * What stands before an entry's bytes in a tar archive: a ustar header (POSIX.1-2017 pax, "ustar Interchange Format"), with
 * a pax header before it for what it cannot hold.
 */
export function entryHeader(entry: TarEntry): Uint8Array {
  const { path, kind, mode, owner, sizeBytes } = entry
  const name = Buffer.from(kind === 'folder' ? `${path}/` : path, 'utf8')
  const records = [
    ...(name.byteLength > longestName ? [paxRecord('path', name.toString('utf8'))] : []),
    ...(sizeBytes > largestSize ? [paxRecord('size', String(sizeBytes))] : []),
    ...(owner.uid > largestId ? [paxRecord('uid', String(owner.uid))] : []),
    ...(owner.gid > largestId ? [paxRecord('gid', String(owner.gid))] : []),
  ]
  const own = header(name.subarray(0, longestName), kind === 'folder' ? '5' : '0', sizeBytes, mode, owner)
  if (records.length === 0) return own
  const body = Buffer.concat(records)
  const before = header(Buffer.from('pax'), 'x', body.byteLength, 0o600, { uid: 0, gid: 0 })
  return Buffer.concat([before, body, padding(body.byteLength), own])
}

/** What follows an entry's bytes, so that the next one begins on a whole block. */
export function padding(sizeBytes: number): Uint8Array {
  const over = sizeBytes % blockBytes
  return new Uint8Array(over === 0 ? 0 : blockBytes - over)
}

/** How an archive ends. */
export function archiveEnd(): Uint8Array {
  return new Uint8Array(2 * blockBytes)
}

function header(
  name: Uint8Array,
  type: string,
  sizeBytes: number,
  mode: number,
  { uid, gid }: Owner,
): Uint8Array {
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`
  block.set(name, 0)
  block.write(octal(mode, 7), 100, 'latin1')
  block.write(octal(uid > largestId ? 0 : uid, 7), 108, 'latin1')
  block.write(octal(gid > largestId ? 0 : gid, 7), 116, 'latin1')
  block.write(octal(sizeBytes > largestSize ? 0 : sizeBytes, 11), 124, 'latin1')
  block.write(octal(0, 11), 136, 'latin1')
  block.write('        ', 148, 'latin1')
  block.write(type, 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** The length counts its own digits. */
function paxRecord(keyword: string, value: string): Buffer {
  const rest = Buffer.from(` ${keyword}=${value}\n`, 'utf8')
  let length = rest.byteLength + 1
  while (String(length).length + rest.byteLength !== length) length = String(length).length + rest.byteLength
  return Buffer.concat([Buffer.from(String(length), 'latin1'), rest])
}
