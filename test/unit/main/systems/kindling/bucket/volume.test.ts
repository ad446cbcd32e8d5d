import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { memoryOfThisRun } from '../../../../../../src/main/engine/verify/no-memory.ts'
import { kindling } from '../../../../../../src/main/systems/kindling/kindling.ts'
import { memoryStore } from '../../../../../fakes/memory-store.ts'
import { labVolume } from '../../../../../lab/kindling.ts'
import { verifyRepository } from '../../../../../lab/verify-repository.ts'

const volumeId = '0f7d1c5e-1111-4222-8333-444455556666'
const backupId = '9a8b7c6d-aaaa-4bbb-8ccc-ddddeeeeffff'
const key = `clusters/eu/project-volumes/${volumeId}/backups/${backupId}.qcow2`

async function withVolume(image: Uint8Array) {
  const store = memoryStore()
  await store.put(key, image)
  return store
}

test('A volume is a disk image by its first bytes, and intact from the second reading on', async () => {
  const store = await withVolume(labVolume())
  const memory = memoryOfThisRun()
  const first = await verifyRepository(store, kindling, { memory })
  expect(first.said[backupId]).toEqual({ verdict: 'good', codes: [], stores: { volume: 'wellFormed' } })
  expect(first.backups[0]?.report.stores[0]?.notProvable.map(({ level }) => level)).toEqual([
    'intact',
    'decrypts',
    'matches',
  ])
  const again = await verifyRepository(store, kindling, {
    memory,
    reading: 'everything',
    at: '2026-11-21T12:00:00Z',
  })
  expect(again.backups[0]?.report.stores[0]?.notProvable.map(({ level }) => level)).toEqual([
    'decrypts',
    'matches',
  ])
  const other = labVolume()
  other[20_000] = 1
  await store.put(key, other)
  const changed = await verifyRepository(store, kindling, { memory })
  expect(changed.said[backupId]?.stores['volume']).toBe('present object.changed')
})

function withNumber(at: number, value: number): Uint8Array {
  const image = Buffer.from(labVolume())
  image.writeUInt32BE(value, at)
  return image
}

test('A volume whose last cluster was not filled is whole: nothing was written behind', async () => {
  for (const image of [labVolume({ sizeBytes: 61_441 }), labVolume({ dataClusters: 0, sizeBytes: 12_288 })]) {
    const { said } = await verifyRepository(await withVolume(image), kindling)
    expect(said[backupId]?.verdict).toBe('good')
  }
})

test('A volume that is no whole disk image is bad', async () => {
  const noMagic = labVolume()
  noMagic[3] = 0xfa
  for (const image of [
    noMagic,
    new Uint8Array(0),
    labVolume({ backingFile: 104 }),
    labVolume({ features: 2 }),
    labVolume({ features: 4 }),
    // Within the first table, behind it, within the second one, and before the last cluster.
    ...[5000, 8000, 12_000, 61_440].map((sizeBytes) => labVolume({ sizeBytes })),
    withNumber(36, 19),
    withNumber(40 + 4, 5000),
    withNumber(8192 + 8 * 12 + 4, 70_000),
    withNumber(8192 + 8 * 12 + 4, 200_000 * 512),
    // A second table that is the last thing in the image, and not all of it.
    labVolume({ dataClusters: 0, sizeBytes: 12_000 }),
  ]) {
    const { said } = await verifyRepository(await withVolume(image), kindling)
    expect(said[backupId]).toMatchObject({ verdict: 'bad', stores: { volume: 'present archive.malformed' } })
  }
})

test('A volume is exported as one file, byte for byte; what was not read is refused', async () => {
  const image = labVolume()
  const store = await withVolume(image)
  const unread = await verifyRepository(store, kindling, { level: 'present' })
  expect(() => unread.backups[0]?.backup.restoreItems(unread.evidence)).toThrow(/not read/)
  const { backups, evidence } = await verifyRepository(store, kindling)
  const backup = backups[0]?.backup
  const digest = createHash('sha256').update(image).digest('hex')
  expect(backup?.restoreItems(evidence)).toEqual([
    { name: `${backupId}.qcow2`, kind: 'file', files: 1, sizeBytes: image.byteLength, digest },
  ])
  const staged: string[] = []
  for await (const { item, pieces } of backup?.stage(async function* (object) {
    yield* (await store.get(object)).pieces
  }, backup.restoreItems(evidence)) ?? []) {
    const hash = createHash('sha256')
    for await (const piece of pieces) hash.update(piece)
    staged.push(item, hash.digest('hex'))
  }
  expect(staged).toEqual([`${backupId}.qcow2`, digest])
})
