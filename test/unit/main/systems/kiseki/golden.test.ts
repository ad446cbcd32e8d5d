import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { kiseki } from '../../../../../src/main/systems/kiseki/kiseki.ts'
import { walkKiseki } from '../../../../../src/main/systems/kiseki/walk.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { kisekiManifest, kisekiTar, makeKisekiSnapshot, type KisekiShard } from '../../../../lab/kiseki.ts'
import { inPieces } from '../../../../lab/raw-tar.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'

const vector = (name: string): Buffer =>
  readFileSync(new URL(`../../../../vectors/kiseki/${name}`, import.meta.url))

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const shards: readonly KisekiShard[] = [
  { id: 'shard-1', metadata: Buffer.from('{"v":1}') },
  { id: 'shard-2', metadata: Buffer.from('{"v":2}'), data: Buffer.from('chunk-data') },
]

describe('the real tars of the crate that kiseki writes with', () => {
  test('have the hashes that were recorded when they were made', () => {
    expect(sha256(vector('empty.tar'))).toBe(
      '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
    )
    expect(sha256(vector('sample.tar'))).toBe(
      'b9c265f63efe884153b921775e7e07a33232dd54a52fdb1dc6ecaba0ac9a51d8',
    )
  })

  test('are read to exactly their shards and sizes', async () => {
    expect(await walkKiseki(inPieces(vector('sample.tar')))).toEqual({
      format: 'kiseki-walk/1',
      complete: true,
      shards: 2,
      metadataBytes: 14,
      dataBytes: 10,
      dataAlone: 0,
      firstDataAlone: null,
      others: 0,
      expectedBytes: 4096,
      endByte: 4096,
      findings: [],
    })
    expect(await walkKiseki(inPieces(vector('empty.tar')))).toMatchObject({
      complete: true,
      shards: 0,
      metadataBytes: 0,
      dataBytes: 0,
      expectedBytes: 1024,
      endByte: 1024,
      findings: [],
    })
  })

  test('are what the lab writes, byte for byte', () => {
    expect(Buffer.from(kisekiTar([])).equals(vector('empty.tar'))).toBe(true)
    const { tar } = makeKisekiSnapshot({ seed: 'golden', at: '2026-05-04T12:34:56Z', shards })
    expect(Buffer.from(tar).equals(vector('sample.tar'))).toBe(true)
  })

  test('are judged with the manifests that belong to them: one good, one empty', async () => {
    const store = memoryStore()
    const [full, empty] = [
      '2026-05-04T12:34:56Z-8a6e0804-2bd0-4672-b79d-d97027f9071a',
      '2026-05-04T18:34:56Z-8a6e0804-2bd0-4672-b79d-d97027f9071b',
    ] as const
    const numbers = { shardCount: 2, metadataBytes: 14, dataBytes: 10 }
    await store.put(`${full}/snapshot.tar`, vector('sample.tar'))
    await store.put(
      `${full}/manifest.json`,
      kisekiManifest({ backupId: full, createdAt: '2026-05-04T12:34:56Z', ...numbers }),
    )
    await store.put(`${empty}/snapshot.tar`, vector('empty.tar'))
    // As it stands on kiseki's page.
    await store.put(
      `${empty}/manifest.json`,
      Buffer.from(
        `{"snapshot_id":"${empty}","shard_count":0,"metadata_bytes":0,"data_bytes":0,"created_at":"2026-05-04T18:34:56Z"}`,
      ),
    )
    const { said, backups } = await verifyRepository(store, kiseki)
    expect(said).toEqual({
      [full]: { verdict: 'good', codes: [], stores: { shards: 'wellFormed' } },
      [empty]: { verdict: 'warning', codes: ['backup.empty'], stores: { shards: 'wellFormed' } },
    })
    expect(backups.map(({ backup }) => backup.createdAt)).toEqual([
      '2026-05-04T18:34:56Z',
      '2026-05-04T12:34:56Z',
    ])
  })
})
