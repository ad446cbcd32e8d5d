import { byteReader } from '../../engine/archive/byte-reader.ts'
import type { VolumeFacts } from './facts.ts'

/** Documented: QEMU, docs/interop/qcow2.txt. All numbers are big-endian. */
const magic = 0x514649fb
const headerBytes = 72
const at = {
  version: 4,
  backingFile: 8,
  clusterBits: 20,
  diskBytes: 24,
  encryption: 32,
  tableEntries: 36,
  table: 40,
} as const

/** Of a disk image its header is read; where each cluster lies is not followed. */
export async function readVolume(pieces: AsyncIterable<Uint8Array>): Promise<VolumeFacts> {
  const reader = byteReader(pieces)
  const start = await reader.exactly(headerBytes)
  const nothing: VolumeFacts = { format: 'kindling-volume/1', flaws: [], version: null, diskBytes: null }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  if (start.byteLength < headerBytes || view.getUint32(0) !== magic) {
    return { ...nothing, flaws: ['It does not begin with the four bytes of a qcow2 image (QFI, fb).'] }
  }
  const version = view.getUint32(at.version)
  const diskBytes = Number(view.getBigUint64(at.diskBytes))
  const tableOffset = Number(view.getBigUint64(at.table))
  const tableEnd = tableOffset + 8 * view.getUint32(at.tableEntries)
  const clusterBits = view.getUint32(at.clusterBits)
  const flaws: string[] = []
  if (version !== 2 && version !== 3) flaws.push(`Its version is ${version}; qcow2 has 2 and 3.`)
  if (clusterBits < 9 || clusterBits > 21)
    flaws.push(`Its cluster size (2 to the power of ${clusterBits}) is none that qcow2 allows.`)
  if (view.getBigUint64(at.backingFile) !== 0n)
    flaws.push('It names a backing file: what it does not hold itself lies in an image that no backup has.')
  if (view.getUint32(at.encryption) !== 0) flaws.push('It is encrypted; kindling writes no such image.')
  let sizeBytes = start.byteLength
  for (;;) {
    const piece = await reader.exactly(65536)
    sizeBytes += piece.byteLength
    if (piece.byteLength < 65536) break
  }
  if (tableEnd > sizeBytes)
    flaws.push(`Its table of clusters would end at byte ${tableEnd}, but the object has ${sizeBytes}.`)
  return { ...nothing, flaws, version, diskBytes }
}
