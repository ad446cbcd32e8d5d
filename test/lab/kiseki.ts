import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { seededRandom } from './seeded.ts'

export interface KisekiShard {
  readonly id: string
  readonly metadata: Uint8Array
  /** Left out where the snapshot was made without data. */
  readonly data?: Uint8Array
}

export interface KisekiLab {
  /** Of the id's random part. */
  readonly seed: string
  /** `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly at: string
  readonly shards: readonly KisekiShard[]
}

export interface KisekiSnapshotBytes {
  readonly backupId: string
  readonly tar: Uint8Array
  readonly manifest: Uint8Array
}

/** One snapshot, byte for byte as kiseki 2026.40.0 writes it (from source: crates/kiseki-backup/src/lib.rs). */
export function makeKisekiSnapshot({ seed, at, shards }: KisekiLab): KisekiSnapshotBytes {
  const backupId = `${at}-${uuid4(seed)}`
  const total = (bytes: (shard: KisekiShard) => number): number =>
    shards.reduce((sum, shard) => sum + bytes(shard), 0)
  return {
    backupId,
    tar: kisekiTar(
      shards.flatMap(({ id, metadata, data }) => [
        { name: `${id}.meta.json`, bytes: metadata },
        ...(data === undefined ? [] : [{ name: `${id}.data`, bytes: data }]),
      ]),
    ),
    manifest: kisekiManifest({
      backupId,
      shardCount: shards.length,
      metadataBytes: total(({ metadata }) => metadata.byteLength),
      dataBytes: total(({ data }) => data?.byteLength ?? 0),
      createdAt: at,
    }),
  }
}

/** As the server does: the tar first, the manifest second. */
export async function writeKisekiSnapshot(lab: KisekiLab, store: ObjectStore): Promise<string> {
  const { backupId, tar, manifest } = makeKisekiSnapshot(lab)
  await store.put(`${backupId}/snapshot.tar`, tar)
  await store.put(`${backupId}/manifest.json`, manifest)
  return backupId
}

/** Shards as a server with a snapshot provider would hand them over; their metadata is opaque. */
export function kisekiShards(seed: string, count: number, dataBytes: number): readonly KisekiShard[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, index) => ({
    id: `${String(index).padStart(8, '0')}-0000-4000-8000-000000000001`,
    metadata: Buffer.from(JSON.stringify({ shard: index, tip: random.bytes(2).join('') })),
    ...(dataBytes > 0 && { data: random.bytes(dataBytes) }),
  }))
}

/** One line, no spaces, this order, no newline at its end. */
export function kisekiManifest(fields: {
  readonly backupId: string
  readonly shardCount: number
  readonly metadataBytes: number
  readonly dataBytes: number
  readonly createdAt: string
}): Uint8Array {
  const { backupId, shardCount, metadataBytes, dataBytes, createdAt } = fields
  return Buffer.from(
    `{"snapshot_id":"${backupId}","shard_count":${shardCount},"metadata_bytes":${metadataBytes},"data_bytes":${dataBytes},"created_at":"${createdAt}"}`,
  )
}

/** As the Rust crate `tar` 0.4.45 writes a header made by hand: ids of nothing but NULs, 7 digits of checksum, type NUL. */
export function kisekiTar(
  entries: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Uint8Array {
  const blocks = entries.flatMap(({ name, bytes }) => [
    header(name, bytes.byteLength),
    bytes,
    Buffer.alloc((512 - (bytes.byteLength % 512)) % 512),
  ])
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

function header(name: string, sizeBytes: number): Uint8Array {
  const block = Buffer.alloc(512)
  block.write(name, 0, 'utf8')
  block.write('0000644\0', 100, 'latin1')
  block.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  block.write('00000000000\0', 136, 'latin1')
  block.write('        ', 148, 'latin1')
  block.write('ustar  \0', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(7, '0')}\0`, 148, 'latin1')
  return block
}

function uuid4(seed: string): string {
  const bytes = Buffer.from(seededRandom(`kiseki ${seed}`).bytes(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
