import { createHash } from 'node:crypto'
import { gzip, writeTar, type TarInput } from '../../src/main/engine/archive/tar-writer.ts'
import { rocksManifest, type LabTable } from './rocksdb.ts'
import { seededBytes, seededRandom, sha256Of } from './seeded.ts'

export interface ChangoLab {
  readonly dialect: 1 | 2
  /** The same lab gives the same bytes. */
  readonly seed: string
  /** UTC ISO 8601. */
  readonly when: string
  /** Bytes of table files a store. */
  readonly sizes?: Partial<Record<ChangoStore, number>>
  /** How many patches the archive includes; left out: none. */
  readonly patches?: number
  /** The manifest lists the SHA-256 of every file, as the console's own archives do. */
  readonly withFiles?: boolean
  /** Its fingerprint is recorded (newer dialect). */
  readonly masterKey?: string
  readonly gzipLevel?: number
  /** Put before the object's name as it stands. */
  readonly prefix?: string
  readonly hostname?: string
  /** Where the manifest stands in the archive; last where left out. */
  readonly manifestAt?: 'first' | 'last'
  /** Names of the newer dialect with their leading slash. */
  readonly leadingSlash?: boolean
}

type ChangoStore = 'kms' | 'iam' | 'metadata'

export interface ChangoArchive {
  readonly key: string
  readonly backupId: string
  /** The tar's entries, for tests that bend them. */
  readonly entries: readonly LabEntry[]
  /** The object's bytes; every call makes them anew. */
  readonly pieces: () => AsyncIterable<Uint8Array>
  /** The text of its sidecar. */
  readonly sidecar: () => Promise<string>
}

/** An entry whose contents can be made more than once. */
export interface LabEntry extends Omit<TarInput, 'pieces'> {
  readonly contents: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

const stores: readonly ChangoStore[] = ['kms', 'iam', 'metadata']
const usualSizes: Record<ChangoStore, number> = { kms: 3000, iam: 20_000, metadata: 60_000 }
const tableBytes = 8 * 1024 * 1024

/** Where the newer dialect's manifest example has the folders. */
const newerBase = 'opt/chango/data/master'

/** One backup as a chango master (or, with `withFiles`, this console) would have stored it. */
export async function makeChangoArchive(lab: ChangoLab): Promise<ChangoArchive> {
  const random = seededRandom(`${lab.seed} names`)
  const backupId =
    lab.dialect === 1 ? olderId(lab.when, random.bytes(16)) : newerId(lab.when, random.bytes(4))
  const base = lab.dialect === 1 ? '' : `${lab.leadingSlash === true ? '/' : ''}${newerBase}/`
  const data: LabEntry[] = stores.flatMap((store) =>
    storeFolder(`${base}${store}`, `${lab.seed} ${store}`, { ...usualSizes, ...lab.sizes }[store]),
  )
  if (lab.patches !== undefined) {
    const folder = lab.dialect === 1 ? 'data/master/patches' : `${base}patches`
    data.push(...patchFolder(folder, lab.seed, lab.patches))
  }
  const manifest = await manifestEntry(lab, backupId, data)
  const entries = lab.manifestAt === 'first' ? [manifest, ...data] : [...data, manifest]
  const key = `${lab.prefix ?? ''}${backupId}.tar.gz`
  const pieces = (): AsyncIterable<Uint8Array> => packed(entries, lab.gzipLevel)
  return {
    key,
    backupId,
    entries,
    pieces,
    sidecar: async () => `${await sha256Of(pieces())}  ${key.slice(key.lastIndexOf('/') + 1)}\n`,
  }
}

/** The tar.gz of any entries. */
export function packed(entries: readonly LabEntry[], gzipLevel = 1): AsyncIterable<Uint8Array> {
  return gzip(
    writeTar(entries.map(({ contents, ...entry }) => ({ ...entry, pieces: contents() }))),
    gzipLevel,
  )
}

export function textEntry(name: string, text: string): LabEntry {
  return bytesEntry(name, new TextEncoder().encode(text))
}

export function bytesEntry(name: string, bytes: Uint8Array): LabEntry {
  return { name, kind: 'file', sizeBytes: bytes.byteLength, contents: () => [bytes] }
}

export function folderEntry(name: string): LabEntry {
  return { name, kind: 'folder', sizeBytes: 0, contents: () => [] }
}

function seededEntry(name: string, seed: string, sizeBytes: number): LabEntry {
  return { name, kind: 'file', sizeBytes, contents: () => seededBytes(`${seed} ${name}`, sizeBytes) }
}

/** A RocksDB folder as a checkpoint leaves it: names, CURRENT and MANIFEST are true to it, and nothing else. */
function storeFolder(folder: string, seed: string, sizeBytes: number): LabEntry[] {
  const tables: LabTable[] = []
  for (let left = sizeBytes, number = 9; left > 0; left -= tableBytes, number += 1)
    tables.push({ number, sizeBytes: Math.min(left, tableBytes) })
  const manifest = rocksManifest(tables, 411)
  return [
    folderEntry(folder),
    textEntry(`${folder}/CURRENT`, 'MANIFEST-000005\n'),
    textEntry(`${folder}/IDENTITY`, createHash('sha256').update(seed).digest('hex').slice(0, 36)),
    textEntry(`${folder}/LOCK`, ''),
    bytesEntry(`${folder}/MANIFEST-000005`, manifest),
    textEntry(
      `${folder}/OPTIONS-000007`,
      '[Version]\n  rocksdb_version=8.10.0\n  options_file_version=1.1\n',
    ),
    seededEntry(`${folder}/000004.log`, seed, 1800),
    ...tables.map((table) =>
      seededEntry(`${folder}/${String(table.number).padStart(6, '0')}.sst`, seed, table.sizeBytes),
    ),
  ]
}

function patchFolder(folder: string, seed: string, count: number): LabEntry[] {
  const names = Array.from({ length: count }, (_, index) => `${folder}/trino/patch-${index + 1}.jar`)
  return [
    folderEntry(folder),
    folderEntry(`${folder}/trino`),
    ...names.map((name) => seededEntry(name, seed, 5000)),
  ]
}

async function manifestEntry(lab: ChangoLab, backupId: string, data: readonly LabEntry[]): Promise<LabEntry> {
  const hostname = lab.hostname ?? 'master-1.chango.example'
  const patchesIncluded = lab.patches !== undefined
  const files = lab.withFiles === true ? { files: await listed(data) } : {}
  if (lab.dialect === 1) {
    const manifest = { timestamp: lab.when, hostname, 'chango.version': '3.0.0', patchesIncluded, ...files }
    return textEntry('manifest.json', JSON.stringify(manifest, null, 2))
  }
  const fingerprint =
    lab.masterKey === undefined
      ? null
      : createHash('sha256')
          .update(`chango-master-key-fingerprint:v1:${lab.masterKey}`)
          .digest('hex')
          .slice(0, 16)
  const manifest = {
    backupId,
    createdAt: lab.when.replace(/(\.\d+)?Z$/, '.123456789Z'),
    hostname,
    changoVersion: '3.2.0',
    kmsRocksDbPath: `/${newerBase}/kms`,
    iamRocksDbPath: `/${newerBase}/iam`,
    metadataRocksDbPath: `/${newerBase}/metadata`,
    masterKeyEnv: 'CHANGO_MASTER_KEY',
    masterKeyFingerprint: fingerprint,
    s3Endpoint: 'https://s3.example',
    s3Bucket: 'backups',
    s3Region: 'us-east-1',
    s3ObjectPrefix: lab.prefix ?? '',
    s3PathStyle: 'true',
    patchesDir: `/${newerBase}/patches`,
    patchesIncluded,
    ...files,
  }
  const slash = lab.leadingSlash === true ? '/' : ''
  return textEntry(`${slash}tmp/chango-backup-manifest-${backupId}.json`, JSON.stringify(manifest))
}

async function listed(data: readonly LabEntry[]) {
  const files = []
  for (const { name, kind, sizeBytes, contents } of data) {
    if (kind === 'folder') continue
    const hash = createHash('sha256')
    for await (const piece of contents()) hash.update(piece)
    files.push({ path: name, size: sizeBytes, sha256: hash.digest('hex') })
  }
  return files
}

function olderId(when: string, bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex')
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  )
  return `chango-${compactTime(when).replace('T', '-')}-${uuid}`
}

function newerId(when: string, bytes: Uint8Array): string {
  return `${compactTime(when)}-${Buffer.from(bytes).toString('hex')}`
}

/** `YYYYMMDDTHHMMSS` */
function compactTime(when: string): string {
  return new Date(when).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
}
