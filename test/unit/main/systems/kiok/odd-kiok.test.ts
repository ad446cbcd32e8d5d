import { afterEach, describe, expect, test, vi } from 'vitest'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { readManifest } from '../../../../../src/main/systems/kiok/manifest.ts'
import { kiok } from '../../../../../src/main/systems/kiok/kiok.ts'
import { readJsonObject } from '../../../../../src/shared/domain/strict-json.ts'
import { stagedFiles } from '../../../../lab/stage-backup.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import {
  editManifest,
  entryOf,
  kiokRepository,
  kiokStoreNames,
  masterKey,
  sha256,
  type Json,
} from './fixture.ts'

const keys = [masterKey]

afterEach(() => void vi.unstubAllEnvs())

async function said(store: ObjectStore, id: string | undefined) {
  return (await verifyRepository(store, kiok, { keys })).said[id ?? '']
}

async function entryIn(store: ObjectStore, id: string, name: string): Promise<Json> {
  const manifest = readJsonObject(await readSmall(store, `${id}/manifest.json`, 1e6))
  if (!manifest.ok) throw new Error(manifest.reason)
  return entryOf(manifest.value, name)
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

describe('A backup that lacks a store', () => {
  test('is no measure for the holders of the next one, which did not go by it', async () => {
    const { store, ids } = await kiokRepository()
    const [, , , lacking = '', next] = ids
    await editManifest(store, lacking, (manifest) => {
      Object.assign(entryOf(manifest, 'iam'), { holder: lacking })
      delete (manifest['stores'] as Json)['kms']
    })
    expect(await said(store, next)).toMatchObject({ verdict: 'good', stores: { iam: 'matches' } })
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
    const { backups } = await verifyRepository(store, kiok, { keys })
    const newest = backups[0]?.backup
    const files = newest === undefined ? null : await stagedFiles(newest, store, masterKey)
    expect(files?.get('iam')?.toString()).toBe('KB')
  })
})

describe('A plain store whose bytes are the recorded ones', () => {
  test('had its envelope taken off where only a neighbour that no backup asked for is sealed', async () => {
    const { store, ids } = await kiokRepository()
    const [, , holder = '', , id = ''] = ids
    const bytes = Buffer.from('a plain store')
    await store.put(`${holder}/iam.enc`, bytes)
    for (const each of ids) {
      await editManifest(store, each, (manifest) => {
        const hash = sha256(bytes)
        const entry = { sha256: hash, size: bytes.length, objectSha256: hash, objectSize: bytes.length }
        Object.assign(entryOf(manifest, 'iam'), entry, { keyId: undefined, keyVersion: undefined })
      })
    }
    const { said: all } = await verifyRepository(store, kiok, { keys, only: [id] })
    expect(all[id]).toMatchObject({ verdict: 'bad', stores: { iam: 'matches backup.unencrypted' } })
  })

  test('is bad all the same where the manifest gives them another size', async () => {
    const { store, ids } = await kiokRepository({ plain: true })
    const [id = ''] = ids.slice(-1)
    await editManifest(store, id, (manifest) => void (entryOf(manifest, 'iam')['size'] = 901))
    expect(await said(store, id)).toMatchObject({
      verdict: 'bad',
      stores: { iam: 'matches object.sizeMismatch backup.unencrypted', kms: 'matches backup.unencrypted' },
    })
  })
})

describe('A backup of hundreds of plain stores', () => {
  test('is judged by looking at each neighbour once, and not once for each of them', async () => {
    const { store, ids } = await kiokRepository({ plain: true })
    const id = ids[4] ?? ''
    const more = Array.from({ length: 300 }, (_, index) => `store-${index}`)
    const entry = await entryIn(store, ids[0] ?? '', 'iam')
    for (const name of more)
      await store.put(`${ids[0]}/${name}.bin`, await readSmall(store, `${ids[0]}/iam.bin`, 1e6))
    await editManifest(store, id, (manifest) => {
      const stores = manifest['stores'] as Json
      for (const name of more) stores[name] = { ...entry, object: `${name}.bin` }
    })
    const { backups, evidence } = await verifyRepository(store, kiok)
    let looks = 0
    const judged = backups[0]?.backup.judge({
      ...evidence,
      beginning(key) {
        looks += 1
        return evidence.beginning(key)
      },
    })
    expect(judged?.stores.map(({ levelReached }) => levelReached)).toEqual(Array(305).fill('matches'))
    expect(looks).toBeGreaterThan(300)
    expect(looks).toBeLessThan(2 * 305)
  })
})

describe('A holder that was made after the backup', () => {
  test('blames the backup that points forward, and not the next one, whose pointer is as it was', async () => {
    const { store, ids } = await kiokRepository()
    const [, , third = '', fourth = '', fifth = ''] = ids
    const later = await entryIn(store, fifth, 'metadata')
    await editManifest(store, third, (manifest) => void Object.assign(entryOf(manifest, 'metadata'), later))
    const { said: all } = await verifyRepository(store, kiok, { keys })
    expect(all[third]).toMatchObject({ verdict: 'bad', stores: { metadata: 'matches manifest.disagrees' } })
    expect([all[fourth]?.verdict, all[fifth]?.verdict]).toEqual(['good', 'good'])
  })
})

describe('A manifest that records no hash or no size of the plain bytes', () => {
  test('is restored by what was read, as it is called good by it', async () => {
    const { store, ids } = await kiokRepository()
    const id = ids[4] ?? ''
    const recorded = await entryIn(store, id, 'iam')
    await editManifest(store, id, (manifest) => {
      delete entryOf(manifest, 'iam')['sha256']
      delete entryOf(manifest, 'kms')['size']
    })
    const { backups, evidence, said: all } = await verifyRepository(store, kiok, { keys })
    expect(all[id]?.verdict).toBe('good')
    const items = backups[0]?.backup.restoreItems(evidence)
    expect(items?.find(({ name }) => name === 'iam')).toMatchObject({
      digest: recorded['sha256'],
      sizeBytes: recorded['size'],
    })
    expect(items?.find(({ name }) => name === 'kms')?.sizeBytes).toBe(700)
  })
})

describe('A time without a zone', () => {
  test('is UTC, wherever this console runs', () => {
    vi.stubEnv('TZ', 'Asia/Tokyo')
    const reading = readManifest(Buffer.from('{"createdAt":"2026-11-20T02:00:00","stores":{}}'), 'x')
    expect(reading.ok && reading.manifest.createdAt).toBe('2026-11-20T02:00:00Z')
  })
})
