import { describe, expect, test } from 'vitest'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { kiok } from '../../../../../src/main/systems/kiok/kiok.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { editManifest, entryOf, kiokRepository, kiokStoreNames, masterKey, sha256 } from './fixture.ts'

const keys = [masterKey]

async function said(store: ObjectStore, id: string | undefined) {
  return (await verifyRepository(store, kiok, { keys })).said[id ?? '']
}

describe('A backup whose time nobody knows', () => {
  test('is before no other, so that it cannot make an older holder of another', async () => {
    const { store, ids } = await kiokRepository()
    const stray = await kiokRepository({
      seed: 'stray',
      nights: [{ at: '2026-11-17T02:00:00Z', changed: 'all' }],
    })
    const from = stray.ids[0] ?? ''
    for await (const entry of stray.store.list()) {
      if (entry.kind !== 'object') continue
      await store.put(entry.key.replace(from, 'weird'), await readSmall(stray.store, entry.key, 1e6))
    }
    await editManifest(store, 'weird', (manifest) => {
      delete manifest['createdAt']
      manifest['backupId'] = 'weird'
      for (const name of kiokStoreNames) entryOf(manifest, name)['holder'] = 'weird'
    })
    const { said: all } = await verifyRepository(store, kiok, { keys })
    expect(ids.map((id) => all[id]?.verdict)).toEqual(['good', 'good', 'good', 'good', 'good'])
  })
})

describe('A name with a colon', () => {
  test.each([
    ['a:b', 'a:b'],
    ['a:b', 'a%3Ab'],
  ])('in the folder %s is found by a manifest that writes %s', async (folder, holder) => {
    const { store, ids } = await kiokRepository()
    await store.put(`${folder}/iam.enc`, await readSmall(store, `${ids[2]}/iam.enc`, 1e6))
    await editManifest(
      store,
      ids[4] ?? '',
      (manifest) => void Object.assign(entryOf(manifest, 'iam'), { holder }),
    )
    const report = await said(store, ids[4])
    expect(report?.stores['iam']).not.toContain('chain.holderMissing')
  })
})

describe('More salts than a cluster can have', () => {
  const nights = Array.from({ length: 6 }, (_, index) => ({
    at: `2026-11-1${index}T02:00:00Z`,
    changed: 'all' as const,
    masterKey: `key ${index}`,
  }))

  test('are not all tried: an open question, and an error where the level was asked for', async () => {
    const { store } = await kiokRepository({ nights })
    const left = await verifyRepository(store, kiok, { keys: ['key 5'] })
    const unproved = left.backups.flatMap(({ report }) => report.stores.flatMap(({ findings }) => findings))
    expect(unproved.filter(({ code }) => code === 'key.missing').map(({ severity }) => severity)).toContain(
      'warning',
    )
    const asked = await verifyRepository(store, kiok, { keys: ['key 5'], level: 'matches' })
    const errors = asked.backups.flatMap(({ report }) => report.stores.flatMap(({ findings }) => findings))
    expect(errors.filter(({ code, severity }) => code === 'key.missing' && severity === 'warning')).toEqual(
      [],
    )
  })
})

describe('Plain stores of one to three bytes', () => {
  test('that begin like an envelope are plain, and no sealed neighbour of anybody', async () => {
    const { store, ids } = await kiokRepository({ plain: true })
    await store.put(`${ids[0]}/iam.bin`, Buffer.from('KB'))
    for (const id of ids) {
      await editManifest(store, id, (manifest) => {
        Object.assign(entryOf(manifest, 'iam'), {
          sha256: sha256(Buffer.from('KB')),
          size: 2,
          holder: ids[0],
          objectSize: 2,
          objectSha256: sha256(Buffer.from('KB')),
        })
      })
    }
    expect((await said(store, ids[4]))?.verdict).toBe('warning')
  })
})
