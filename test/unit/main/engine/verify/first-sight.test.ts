import { expect, test } from 'vitest'
import { memoryOfThisRun } from '../../../../../src/main/engine/verify/no-memory.ts'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import type { BackupSystem } from '../../../../../src/main/ports/backup-system.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { armada } from '../../../../../src/main/systems/armada/armada.ts'
import { chango } from '../../../../../src/main/systems/chango/chango.ts'
import { kiok } from '../../../../../src/main/systems/kiok/kiok.ts'
import { kiseki } from '../../../../../src/main/systems/kiseki/kiseki.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { makeArmadaBackup } from '../../../../lab/armada.ts'
import { makeChangoArchive } from '../../../../lab/chango.ts'
import { kisekiManifest } from '../../../../lab/kiseki.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { kiokRepository, masterKey } from '../../systems/kiok/fixture.ts'

const keys = [masterKey]

/** The verdict while an object is still half there, and the one once it is whole. */
async function verdictsOf(system: BackupSystem, store: ObjectStore, key: string) {
  const memory = memoryOfThisRun()
  const whole = Uint8Array.from(await readSmall(store, key, 1e7))
  const verify = async () => (await verifyRepository(store, system, { keys, memory })).backups[0]?.verdict
  await store.put(key, whole.subarray(0, Math.floor(whole.byteLength / 2)))
  const half = await verify()
  await store.put(key, whole)
  const repaired = await verify()
  await store.put(key, whole.toReversed())
  return [half, repaired, await verify()]
}

test('What was damaged when it was first seen is no witness against what repairs it', async () => {
  const { store, ids } = await kiokRepository()
  const archive = await makeChangoArchive({ dialect: 1, seed: 'half', when: '2026-11-20T02:00:00Z' })
  const archives = memoryStore()
  await archives.putStream(archive.key, archive.pieces())
  expect(await verdictsOf(chango, archives, archive.key)).toEqual(['bad', 'good', 'bad'])
  expect(await verdictsOf(kiok, store, `${ids[4]}/metadata.enc`)).toEqual(['bad', 'good', 'bad'])
})

test('A manifest that was still half written when it was first seen is none that was changed', async () => {
  const { store, ids } = await kiokRepository()
  expect(await verdictsOf(kiok, store, `${ids[4]}/manifest.json`)).toEqual(['bad', 'good', 'bad'])

  const snapshots = memoryStore()
  const backupId = '2026-05-04T12:34:56Z-8a6e0804-2bd0-4672-b79d-d97027f9071a'
  const counts = { shardCount: 0, metadataBytes: 0, dataBytes: 0 }
  await snapshots.put(`${backupId}/snapshot.tar`, new Uint8Array(1024))
  await snapshots.put(
    `${backupId}/manifest.json`,
    kisekiManifest({ backupId, createdAt: '2026-05-04T12:34:56Z', ...counts }),
  )
  expect(await verdictsOf(kiseki, snapshots, `${backupId}/manifest.json`)).toEqual(['bad', 'warning', 'bad'])

  const tables = memoryStore()
  await makeArmadaBackup('one', '2026-11-16T02:00:00Z', { seed: 'half', tables: { a: 3 } }, tables)
  expect(await verdictsOf(armada, tables, 'one/manifest.json')).toEqual(['bad', 'good', 'bad'])
})

test('A key that does not fit says nothing against the bytes that were seen', async () => {
  const { store, ids } = await kiokRepository()
  const memory = memoryOfThisRun()
  await verifyRepository(store, kiok, { keys: ['another key'], memory })
  expect(memory.firstHash(`${ids[4]}/metadata.enc`)).not.toBeNull()
})
