import { createCipheriv, createHash, pbkdf2Sync, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/**
 * Backups as another program would write them. Nothing of the console's own writers and codecs is used here, so that a
 * reader and a writer that are wrong in the same way do not pass for right.
 */
export type Fields = { [name: string]: unknown }

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function writeInto(folder: string, path: string, bytes: Uint8Array | string): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
}

export interface Sealing {
  readonly masterKey?: string
  readonly salt?: Buffer
  readonly iterations?: number
  readonly segment?: number
  readonly keyId?: string
  readonly keyVersion?: number
  /** Where the flag 1 is set; left out: on the last segment. */
  readonly lastSegment?: number
  /** Changes the header before anything is bound to it. */
  readonly header?: Fields
  /** Changes the JSON text after the data key was wrapped and before the segments are sealed. */
  readonly text?: (text: string) => string
}

export interface Sealed {
  readonly start: Buffer
  readonly segments: readonly Buffer[]
  readonly bytes: Buffer
}

export const usualKey = 'the master key of another program'
const usualSalt = Buffer.from('a salt of 16 by.')

export function seal(plain: Buffer, store: string, backupId: string, how: Sealing = {}): Sealed {
  const { masterKey = usualKey, salt = usualSalt, iterations = 1000, segment = 65_536 } = how
  const { keyId = 'backup-encryption', keyVersion = 1 } = how
  const kek = pbkdf2Sync(masterKey, salt, iterations, 32, 'sha256')
  const [dataKey, iv, noncePrefix] = [randomBytes(32), randomBytes(12), randomBytes(7)]
  const named: Fields = { keyId, keyVersion, backupId, store, ...how.header }
  const wrapped = gcm(
    kek,
    iv,
    `KBE1|${String(named['keyId'])}|${String(named['keyVersion'])}|${String(named['backupId'])}|${String(named['store'])}`,
    dataKey,
  )
  const header = {
    // In another order than the console's, with spaces, and with a field of its own.
    writtenBy: 'another program',
    plainSize: plain.byteLength,
    ...named,
    noncePrefix: noncePrefix.toString('base64'),
    wrap: { ct: wrapped.toString('base64'), iv: iv.toString('base64') },
    kdf: { salt: salt.toString('base64'), iterations, name: 'PBKDF2-HMAC-SHA256' },
    segment,
    aead: 'AES-256-GCM',
    v: 1,
    ...how.header,
  }
  const json = Buffer.from((how.text ?? ((text) => text))(JSON.stringify(header, null, 1)))
  const start = Buffer.concat([Buffer.from('KBE1'), u32(json.byteLength), json])
  const context = createHash('sha256').update(start).digest()
  const count = Math.max(1, Math.ceil(plain.byteLength / segment))
  const segments = Array.from({ length: count }, (_, index) => {
    const flag = index === (how.lastSegment ?? count - 1) ? 1 : 0
    const nonce = Buffer.concat([noncePrefix, u32(index), Buffer.from([flag])])
    return gcm(dataKey, nonce, context, plain.subarray(index * segment, (index + 1) * segment))
  })
  return { start, segments, bytes: Buffer.concat([start, ...segments]) }
}

function gcm(key: Buffer, nonce: Buffer, context: string | Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export const kiokNames = ['metadata', 'kms', 'iam', 'connections', 'joblog'] as const

/** The plain bytes of a store; of two segments where it is `joblog`. */
export function plainOf(store: string, of: string): Buffer {
  const bytes = Buffer.from(`${store} of ${of}\n`)
  return store === 'joblog' ? Buffer.concat([bytes, Buffer.alloc(70_000, 7)]) : bytes
}

/** An entry for an object that stands there as it is. */
export function entryFor(plain: Buffer, stored: Buffer, holder: string, object: string): Fields {
  return {
    sha256: sha256(plain),
    size: plain.byteLength,
    holder,
    object,
    objectSize: stored.byteLength,
    objectSha256: sha256(stored),
    keyId: 'backup-encryption',
    keyVersion: 1,
  }
}

export interface WrittenKiok {
  readonly backupId: string
  readonly stores: { [name: string]: Fields }
}

/** Writes the objects of the named stores into a backup's folder, and its manifest with these and what it copies. */
export function writeKiok(
  folder: string,
  backupId: string,
  how: {
    readonly holds?: readonly string[]
    readonly copies?: { readonly [name: string]: Fields }
    readonly sealing?: Sealing
    readonly plain?: boolean
    /** What stands in the place of a store's sealed bytes; the manifest agrees with it. */
    readonly objects?: { readonly [name: string]: Buffer }
    readonly manifest?: Fields
  } = {},
): WrittenKiok {
  const stores: { [name: string]: Fields } = { ...how.copies }
  for (const name of how.holds ?? kiokNames) {
    const plain = plainOf(name, backupId)
    const isPlain = how.plain === true
    const stored = how.objects?.[name] ?? (isPlain ? plain : seal(plain, name, backupId, how.sealing).bytes)
    const object = `${name}.${isPlain ? 'bin' : 'enc'}`
    writeInto(folder, `${backupId}/${object}`, stored)
    const entry = entryFor(plain, stored, backupId, object)
    stores[name] = isPlain ? { ...entry, keyId: null, keyVersion: null } : entry
  }
  const [, date = '', time = ''] = /^(\d{8})T(\d{6})/.exec(backupId) ?? []
  const createdAt = `${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`
  const manifest = {
    format: 'kiok-reference/1',
    backupId,
    createdAt,
    cluster: 'kiok-prod',
    stores,
    ...how.manifest,
  }
  writeInto(folder, `${backupId}/manifest.json`, JSON.stringify(manifest))
  return { backupId, stores }
}

export type TarPart = readonly [name: string, contents: string | Buffer, type?: string]

/** A ustar archive; the two zero blocks included. */
export function tar(parts: readonly TarPart[]): Buffer {
  return Buffer.concat([...parts.map(tarPart), Buffer.alloc(1024)])
}

function tarPart([name, contents, type = name.endsWith('/') ? '5' : '0']: TarPart): Buffer {
  const body = Buffer.from(contents)
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write('0000644\0', 100)
  header.write('0000000\x000000000\0', 108)
  header.write(`${body.byteLength.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(type, 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.byteLength % 512)) % 512)])
}

const changoStores = ['kms', 'iam', 'metadata'] as const

/** A store as the checks of its folder want it. */
function storeParts(root: string): readonly TarPart[] {
  return [
    [`${root}/`, ''],
    [`${root}/CURRENT`, 'MANIFEST-000005\n'],
    [`${root}/MANIFEST-000005`, 'not the manifest of a database that anybody could read'],
    [`${root}/OPTIONS-000007`, `options of ${root}`],
  ]
}

/** The entries of an archive of the older dialect. */
export function olderParts(manifest: Fields = {}): readonly TarPart[] {
  const text = JSON.stringify({ timestamp: '2026-05-30T02:00:00Z', ...manifest })
  return [...changoStores.flatMap(storeParts), ['manifest.json', text]]
}

export const newerRoot = 'opt/chango/data/master'

/** The entries of an archive of the newer dialect. */
export function newerParts(backupId: string, manifest: Fields = {}): readonly TarPart[] {
  const text = JSON.stringify({
    backupId,
    createdAt: '2026-08-08T02:48:59.123456789Z',
    kmsRocksDbPath: `/${newerRoot}/kms`,
    iamRocksDbPath: `/${newerRoot}/iam`,
    metadataRocksDbPath: `/${newerRoot}/metadata`,
    masterKeyFingerprint: sha256(`chango-master-key-fingerprint:v1:${usualKey}`).slice(0, 16),
    patchesDir: `/${newerRoot}/patches`,
    patchesIncluded: 'false',
    ...manifest,
  })
  const stores = changoStores.flatMap((store) => storeParts(`${newerRoot}/${store}`))
  return [...stores, ['chango-backup-manifest-1.json', text]]
}

export function packed(parts: readonly TarPart[]): Buffer {
  return gzipSync(tar(parts))
}

/** A snapshot of kiseki: the tar as its server makes it, and the manifest in its exact form. */
export function writeKiseki(
  folder: string,
  snapshotId: string,
  parts: readonly TarPart[],
  counts: { readonly shards: number; readonly metadataBytes: number; readonly dataBytes: number },
  text = (manifest: string): string => manifest,
): void {
  const createdAt = snapshotId.slice(0, 20)
  writeInto(folder, `${snapshotId}/snapshot.tar`, tar(parts))
  const manifest = `{"snapshot_id":"${snapshotId}","shard_count":${counts.shards},"metadata_bytes":${counts.metadataBytes},"data_bytes":${counts.dataBytes},"created_at":"${createdAt}"}`
  writeInto(folder, `${snapshotId}/manifest.json`, text(manifest))
}
