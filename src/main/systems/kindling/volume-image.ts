import { byteReader, type ByteReader } from '../../engine/archive/byte-reader.ts'
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

/** Of version 3, in the low half of the incompatible features, which follow the header of version 2. */
const features = { corrupt: 0x2, externalData: 0x4, extendedTables: 0x10 } as const

const entryBytes = 8
/** From source: QEMU block/qcow2.h, `QCOW_MAX_L1_SIZE`. */
const mostTableBytes = 32 * 1024 * 1024

interface Shape {
  readonly version: number
  readonly clusterBits: number
  readonly tableOffset: number
  readonly tableEntries: number
  /** True where an entry of the second table has a bitmap of its own; these are not followed. */
  readonly isExtended: boolean
}

/**
 * Of a disk image the header and the tables are read that say where each cluster lies: one that lies behind the end is of an
 * image that was cut. What is in the clusters is not interpreted.
 */
export async function readVolume(pieces: AsyncIterable<Uint8Array>): Promise<VolumeFacts> {
  const reader = byteReader(pieces)
  const start = await reader.exactly(headerBytes)
  const nothing: VolumeFacts = { format: 'kindling-volume/1', flaws: [], version: null, diskBytes: null }
  const view = viewOf(start)
  if (start.byteLength < headerBytes || view.getUint32(0) !== magic) {
    return { ...nothing, flaws: ['It does not begin with the four bytes of a qcow2 image (QFI, fb).'] }
  }
  const version = view.getUint32(at.version)
  const diskBytes = Number(view.getBigUint64(at.diskBytes))
  const incompatible = version === 3 ? await lowHalf(reader) : 0
  const shape: Shape = {
    version,
    clusterBits: view.getUint32(at.clusterBits),
    tableOffset: Number(view.getBigUint64(at.table)),
    tableEntries: view.getUint32(at.tableEntries),
    isExtended: (incompatible & features.extendedTables) !== 0,
  }
  const flaws: string[] = []
  if (version !== 2 && version !== 3) flaws.push(`Its version is ${version}; qcow2 has 2 and 3.`)
  if (view.getBigUint64(at.backingFile) !== 0n)
    flaws.push('It names a backing file: what it does not hold itself lies in an image that no backup has.')
  if ((incompatible & features.externalData) !== 0)
    flaws.push('It keeps its data in a file of its own, which no backup has.')
  if ((incompatible & features.corrupt) !== 0)
    flaws.push('It is marked as corrupt: it must not be written to, so no machine starts from it.')
  if (view.getUint32(at.encryption) !== 0) flaws.push('It is encrypted; kindling writes no such image.')
  flaws.push(...shapeFlaws(shape, diskBytes))
  if (flaws.length === 0) flaws.push(...(await clusterFlaws(reader, shape)))
  return { ...nothing, flaws, version, diskBytes }
}

function shapeFlaws(
  { clusterBits, tableOffset, tableEntries, isExtended }: Shape,
  diskBytes: number,
): readonly string[] {
  if (clusterBits < 9 || clusterBits > 21)
    return [`Its cluster size (2 to the power of ${clusterBits}) is none that qcow2 allows.`]
  const clusterBytes = 2 ** clusterBits
  const entriesOfOne = clusterBytes / (isExtended ? 2 * entryBytes : entryBytes)
  const neededEntries = Math.ceil(diskBytes / (clusterBytes * entriesOfOne))
  if (tableOffset === 0 || tableOffset % clusterBytes !== 0 || tableEntries * entryBytes > mostTableBytes)
    return [
      `Its table of clusters would lie at byte ${tableOffset} with ${tableEntries} entries, where none can.`,
    ]
  return tableEntries < neededEntries
    ? [
        `Its table of clusters has ${tableEntries} entries; a disk of ${diskBytes} bytes takes ${neededEntries}.`,
      ]
    : []
}

/** Reads to the end. */
async function clusterFlaws(reader: ByteReader, shape: Shape): Promise<readonly string[]> {
  const clusterBytes = 2 ** shape.clusterBits
  const tables = await firstTable(reader, shape)
  let furthest = 0
  let isOutOfPlace = false
  for (const table of tables) {
    furthest = Math.max(furthest, table + clusterBytes - 1)
    isOutOfPlace ||= table % clusterBytes !== 0
    // One that lies before the first table has gone by; the last cluster of an image lies behind all of them as a rule.
    if (isOutOfPlace || shape.isExtended || table < reader.readBytes) continue
    await skipTo(reader, table)
    const view = viewOf(await reader.exactly(clusterBytes))
    for (let entry = 0; entry + entryBytes <= view.byteLength; entry += entryBytes) {
      const cluster = clusterIn(view, entry, shape)
      furthest = Math.max(furthest, cluster.offset)
      isOutOfPlace ||= !cluster.isCompressed && cluster.offset % clusterBytes !== 0
    }
  }
  await skipTo(reader, Infinity)
  if (isOutOfPlace) return ['Its tables name a cluster where none can begin.']
  const tableEnd = shape.tableOffset + entryBytes * shape.tableEntries
  // The last cluster may be cut where nothing was written behind; its first byte is there.
  const neededBytes = Math.max(tableEnd, furthest + 1)
  return neededBytes > reader.readBytes
    ? [
        `Its tables name what lies at byte ${neededBytes - 1}, but the object has ${reader.readBytes} bytes: its end is missing.`,
      ]
    : []
}

/** Where the second tables lie, in the order of the image. */
async function firstTable(
  reader: ByteReader,
  { tableOffset, tableEntries }: Shape,
): Promise<readonly number[]> {
  await skipTo(reader, tableOffset)
  const view = viewOf(await reader.exactly(entryBytes * tableEntries))
  const offsets = new Set<number>()
  for (let entry = 0; entry + entryBytes <= view.byteLength; entry += entryBytes)
    offsets.add(hostOffset(view, entry))
  offsets.delete(0)
  return [...offsets].sort((a, b) => a - b)
}

/** Offset 0: nothing is kept for it. */
function clusterIn(
  view: DataView,
  entry: number,
  { version, clusterBits }: Shape,
): { readonly offset: number; readonly isCompressed: boolean } {
  const high = view.getUint32(entry)
  const low = view.getUint32(entry + 4)
  const isCompressed = (high & 0x4000_0000) !== 0
  if (isCompressed) {
    // 62 bits less those that say how many sectors it takes.
    const offsetBits = 62 - (clusterBits - 8)
    return { offset: (high & (2 ** (offsetBits - 32) - 1)) * 2 ** 32 + low, isCompressed }
  }
  const readsAsZeros = version === 3 && (low & 1) === 1
  return { offset: readsAsZeros ? 0 : hostOffset(view, entry), isCompressed }
}

/** Bits 9 to 55. */
function hostOffset(view: DataView, entry: number): number {
  return (view.getUint32(entry) & 0x00ff_ffff) * 2 ** 32 + ((view.getUint32(entry + 4) & 0xffff_fe00) >>> 0)
}

async function lowHalf(reader: ByteReader): Promise<number> {
  const bytes = await reader.exactly(8)
  return bytes.byteLength < 8 ? 0 : viewOf(bytes).getUint32(4)
}

async function skipTo(reader: ByteReader, offset: number): Promise<void> {
  while (reader.readBytes < offset)
    if ((await reader.some(Math.min(offset - reader.readBytes, 65_536))) === null) return
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
