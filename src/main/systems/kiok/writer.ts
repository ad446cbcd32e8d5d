import { createHash } from 'node:crypto'
import { createEnvelope, type SealingKey } from '../../engine/envelope/new-envelope.ts'
import type { ByteWork } from '../../ports/byte-work.ts'
import type { ObjectStore } from '../../ports/object-store.ts'
import type { Random } from '../../ports/random.ts'
import { manifestFormat, manifestName } from './manifest.ts'

/** One store to be backed up. Its bytes are read twice where it has changed: an envelope states its size first. */
export interface StoreSource {
  readonly store: string
  readonly sizeBytes: number
  /** Of the plain bytes. */
  readonly sha256: string
  pieces(): AsyncIterable<Uint8Array>
}

/** One store as a manifest of this console records it. */
export interface WrittenEntry {
  readonly sha256: string
  readonly size: number
  readonly holder: string
  readonly object: string
  readonly objectSize: number
  readonly objectSha256: string
  /** Left out for a plain object. */
  readonly keyId?: string
  readonly keyVersion?: number
}

export interface KiokBackupToWrite {
  readonly backupId: string
  /** UTC ISO 8601. */
  readonly createdAt: string
  readonly cluster: string
  readonly stores: readonly StoreSource[]
  /** Null: the cluster runs without its key service, and stores are written plain. */
  readonly sealing: SealingKey | null
  /** The newest complete backup's entries by store; empty for a first backup. */
  readonly previous: ReadonlyMap<string, WrittenEntry>
  /** False where the last verification of that object was bad: pointing to it would lose this backup too. */
  readonly isTrusted: (entry: WrittenEntry) => boolean
}

/**
 * Writes one backup: changed stores as objects, unchanged ones as pointers, the manifest last. A backup that fails or is
 * stopped before that has no manifest and so is none; its objects may stay behind and are no finding.
 */
export async function writeBackup(
  backup: KiokBackupToWrite,
  {
    store,
    byteWork,
    random,
  }: { readonly store: ObjectStore; readonly byteWork: ByteWork; readonly random: Random },
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, WrittenEntry>> {
  const entries = new Map<string, WrittenEntry>()
  for (const source of backup.stores) {
    const before = backup.previous.get(source.store)
    const entry =
      before !== undefined && (await canPointTo(before, source, backup, store, signal))
        ? before
        : await writeObject(source, backup, { store, byteWork, random }, signal)
    entries.set(source.store, entry)
  }
  const manifest = {
    format: manifestFormat,
    backupId: backup.backupId,
    createdAt: backup.createdAt,
    cluster: backup.cluster,
    stores: Object.fromEntries(entries),
  }
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`, 'utf8')
  await store.put(`${backup.backupId}/${manifestName}`, bytes, { ifAbsent: true, ...(signal && { signal }) })
  return entries
}

/** A pointer is written only to an object that is there now, whole, and not known to be bad. */
async function canPointTo(
  before: WrittenEntry,
  source: StoreSource,
  { isTrusted }: KiokBackupToWrite,
  store: ObjectStore,
  signal?: AbortSignal,
): Promise<boolean> {
  if (before.sha256 !== source.sha256 || !isTrusted(before)) return false
  const info = await store.head(`${before.holder}/${before.object}`, signal ? { signal } : {})
  return info !== null && info.sizeBytes === before.objectSize
}

async function writeObject(
  source: StoreSource,
  { backupId, sealing }: KiokBackupToWrite,
  {
    store,
    byteWork,
    random,
  }: { readonly store: ObjectStore; readonly byteWork: ByteWork; readonly random: Random },
  signal?: AbortSignal,
): Promise<WrittenEntry> {
  const object = sealing === null ? `${source.store}.bin` : `${source.store}.enc`
  const stored = createHash('sha256')
  let objectSize = 0
  async function* counted(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const piece of pieces) {
      stored.update(piece)
      objectSize += piece.byteLength
      yield piece
    }
  }
  const bytes =
    sealing === null
      ? source.pieces()
      : byteWork.seal(
          source.pieces(),
          createEnvelope(
            sealing,
            { store: source.store, backupId, plainSizeBytes: source.sizeBytes },
            { random },
          ),
          signal,
        )
  // Never over an object of another backup: it would be lost, and whatever points to it.
  await store.putStream(`${backupId}/${object}`, counted(bytes), {
    ifAbsent: true,
    ...(signal && { signal }),
  })
  return {
    sha256: source.sha256,
    size: source.sizeBytes,
    holder: backupId,
    object,
    objectSize,
    objectSha256: stored.digest('hex'),
    ...(sealing && { keyId: sealing.keyId, keyVersion: sealing.keyVersion }),
  }
}
