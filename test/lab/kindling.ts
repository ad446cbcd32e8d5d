import { createHash } from 'node:crypto'
import { deflateRawSync, gzipSync } from 'node:zlib'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'

/** How a lab repository stores what it stores. `zst` only has the name: nothing here reads it. */
export interface LabRepository {
  readonly compression?: 'none' | 'gz' | 'zst'
  readonly bundles?: boolean
  /** As newer versions write bundles: without gzip's frame. */
  readonly isRaw?: boolean
  /** False: as before 2.44, without a checksum of the stored bytes. */
  readonly recordsStored?: boolean
  readonly stanza?: string
  /** What backup.info has of backups that lie there already, by their labels. */
  readonly listed?: Readonly<Record<string, string>>
}

export interface LabLabel {
  readonly label: string
  /** Plain contents by name below `pg_data`; a name of the prior label with the same contents is referred to. */
  readonly files: Readonly<Record<string, string>>
  readonly prior?: string
  /** From which WAL segment to which, by number. */
  readonly wal: readonly [number, number]
  /** UTC ISO 8601. */
  readonly stoppedAt: string
  readonly isWithPageErrors?: boolean
}

const systemId = '7710600771928174383'
const backrest = { 'backrest-format': '5', 'backrest-version': '"2.45"' }

/** The text of one of pgBackRest's own files, closed by its checksum (from source: src/info/info.c, `infoSave`). */
export function infoText(sections: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  const parts = Object.entries(sections)
  const body = parts.map(
    ([section, values]) =>
      `"${section}":{${Object.entries(values)
        .map(([key, value]) => `${JSON.stringify(key)}:${value}`)
        .join(',')}}`,
  )
  const checksum = sha1(`{${body.join(',')}}`)
  const text = parts.map(
    ([section, values]) =>
      `[${section}]\n${Object.entries(values)
        .map(([key, value]) => `${key}=${value}\n`)
        .join('')}\n`,
  )
  return `${text.join('')}[backrest]\nbackrest-checksum="${checksum}"\n`
}

/**
 * A repository of pgBackRest with these labels, in the order given, byte for byte of its form (from source, and compared with
 * one that 2.45 wrote): gzip apart, whose bytes are this program's own. Where others lie there already they are left alone.
 */
export async function makePgBackRestRepository(
  store: ObjectStore,
  labels: readonly LabLabel[],
  {
    compression = 'gz',
    bundles = false,
    isRaw = false,
    recordsStored = true,
    stanza = 'kindling',
    listed = {},
  }: LabRepository = {},
): Promise<void> {
  const folder = `backup/${stanza}`
  const ending = compression === 'none' ? '' : `.${compression}`
  const pack = (plain: Uint8Array, inBundle: boolean): Uint8Array =>
    compression === 'none'
      ? plain
      : compression === 'zst'
        ? Buffer.concat([Buffer.from('28b52ffd', 'hex'), plain])
        : isRaw && inBundle
          ? deflateRawSync(plain)
          : gzipSync(plain)
  const known = new Map<
    string,
    { readonly plain: string; readonly line: Record<string, unknown>; readonly holder: string }
  >()
  const current: Record<string, string> = { ...listed }
  for (const { label, files, prior, wal, stoppedAt, isWithPageErrors = false } of labels) {
    const seconds = Date.parse(stoppedAt) / 1000
    const [first, last] = [segmentName(wal[0]), segmentName(wal[1])]
    const lines: Record<string, string> = {}
    const bundle: Uint8Array[] = []
    let offset = 0
    for (const [name, text] of Object.entries({ ...files, backup_label: `START WAL ${first} ${label}\n` })) {
      const full = `pg_data/${name}`
      const before = known.get(full)
      if (prior !== undefined && before?.plain === text && name !== 'backup_label') {
        lines[full] = JSON.stringify(sorted({ ...before.line, reference: before.holder }))
        continue
      }
      const plain = Buffer.from(text)
      const inBundle = bundles && name !== 'backup_label'
      if (bundles && plain.byteLength === 0) {
        lines[full] = JSON.stringify({ size: 0, timestamp: seconds })
        continue
      }
      const stored = pack(plain, inBundle)
      const line = {
        ...(inBundle && { bni: 1, ...(offset > 0 && { bno: offset }) }),
        ...(plain.byteLength > 0 && { checksum: sha1(plain) }),
        ...(compression !== 'none' && recordsStored && { rck: sha1(stored) }),
        ...(stored.byteLength !== plain.byteLength && { 'repo-size': stored.byteLength }),
        size: plain.byteLength,
        timestamp: seconds,
      }
      if (inBundle) {
        bundle.push(stored)
        offset += stored.byteLength
      } else await store.put(`${folder}/${label}/${full}${ending}`, stored)
      known.set(full, { plain: text, line, holder: label })
      lines[full] = JSON.stringify(sorted(line))
    }
    if (bundle.length > 0) await store.put(`${folder}/${label}/bundle/1`, Buffer.concat(bundle))
    for (let number = wal[0]; number <= wal[1]; number += 1)
      await archiveSegment(store, number, pack, ending, stanza)
    const type = label.endsWith('F') ? 'full' : label.endsWith('D') ? 'diff' : 'incr'
    const manifest = Buffer.from(
      infoText({
        backrest,
        backup: {
          'backup-archive-start': `"${first}"`,
          'backup-archive-stop': `"${last}"`,
          ...(bundles && { 'backup-bundle': 'true' }),
          ...(isRaw && { 'backup-bundle-raw': 'true' }),
          'backup-label': `"${label}"`,
          'backup-lsn-start': `"0/${wal[0].toString(16)}000028"`,
          'backup-lsn-stop': `"0/${wal[1].toString(16)}000100"`,
          ...(prior !== undefined && { 'backup-prior': `"${prior}"` }),
          'backup-timestamp-start': String(seconds - 3),
          'backup-timestamp-stop': String(seconds),
          'backup-type': `"${type}"`,
        },
        'backup:db': { 'db-id': '1', 'db-system-id': systemId, 'db-version': '"15"' },
        'backup:option': {
          'option-archive-check': 'true',
          'option-archive-copy': 'false',
          'option-compress': String(compression !== 'none'),
          'option-compress-type': `"${compression}"`,
          'option-online': 'true',
        },
        'target:file': lines,
        'target:path': { pg_data: '{}' },
      }),
    )
    for (const name of ['backup.manifest.copy', 'backup.manifest'])
      await store.put(`${folder}/${label}/${name}`, manifest)
    current[label] = JSON.stringify({
      'backup-archive-start': first,
      'backup-archive-stop': last,
      'backup-error': isWithPageErrors,
      'backup-timestamp-start': seconds - 3,
      'backup-timestamp-stop': seconds,
      'backup-type': type,
    })
  }
  const db = { 'db-id': '1', 'db-system-id': systemId, 'db-version': '"15"' }
  await putTwice(store, `${folder}/backup.info`, {
    backrest,
    'backup:current': current,
    db,
    'db:history': { '1': `{"db-system-id":${systemId},"db-version":"15"}` },
  })
  await putTwice(store, `archive/${stanza}/archive.info`, {
    backrest,
    db,
    'db:history': { '1': `{"db-id":${systemId},"db-version":"15"}` },
  })
}

/** Where a segment of the lab lies. */
export function segmentName(number: number): string {
  return `0000000100000000${number.toString(16).toUpperCase().padStart(8, '0')}`
}

async function archiveSegment(
  store: ObjectStore,
  number: number,
  pack: (plain: Uint8Array, inBundle: boolean) => Uint8Array,
  ending: string,
  stanza: string,
): Promise<void> {
  const segment = segmentName(number)
  const plain = Buffer.from(`write-ahead log ${segment}\n`.repeat(40))
  const key = `archive/${stanza}/15-1/${segment.slice(0, 16)}/${segment}-${sha1(plain)}${ending}`
  await store.put(key, pack(plain, false))
}

async function putTwice(
  store: ObjectStore,
  key: string,
  sections: Parameters<typeof infoText>[0],
): Promise<void> {
  for (const name of [key, `${key}.copy`]) await store.put(name, Buffer.from(infoText(sections)))
}

/** pgBackRest reads the names of a line in this order, and no other (from source: `jsonReadKeyExpect`). */
function sorted(line: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(line).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function sha1(bytes: Uint8Array | string): string {
  return createHash('sha1').update(bytes).digest('hex')
}

/**
 * A qcow2 image of 16 clusters of 4 KiB: header, first and second table, and 13 clusters of data, the last bytes of the image.
 * Nothing that a machine starts from.
 */
export function labVolume({
  backingFile = 0,
  features = 0,
  dataClusters = 13,
  sizeBytes = 65536,
}: {
  readonly backingFile?: number
  /** Bits of the incompatible features. */
  readonly features?: number
  /** How many of them the second table names. */
  readonly dataClusters?: number
  /** Of the image's beginning; cut where it is less than all of it. */
  readonly sizeBytes?: number
} = {}): Uint8Array {
  const clusterBytes = 4096
  const [firstTable, secondTable, data] = [clusterBytes, 2 * clusterBytes, 3 * clusterBytes]
  const image = Buffer.alloc(65536)
  image.writeUInt32BE(0x514649fb, 0)
  image.writeUInt32BE(3, 4)
  image.writeBigUInt64BE(BigInt(backingFile), 8)
  image.writeUInt32BE(0, 16)
  image.writeUInt32BE(12, 20)
  image.writeBigUInt64BE(40n * 1024n ** 2n, 24)
  image.writeUInt32BE(0, 32)
  image.writeUInt32BE(20, 36)
  image.writeBigUInt64BE(BigInt(firstTable), 40)
  image.writeBigUInt64BE(BigInt(features), 72)
  const isCopied = 1n << 63n
  image.writeBigUInt64BE(isCopied | BigInt(secondTable), firstTable)
  for (let place = 0; place < dataClusters; place += 1)
    image.writeBigUInt64BE(isCopied | BigInt(data + place * clusterBytes), secondTable + 8 * place)
  return image.fill(0x5a, data).subarray(0, sizeBytes)
}
