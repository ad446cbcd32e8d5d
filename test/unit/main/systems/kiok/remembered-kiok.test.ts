import { describe, expect, test } from 'vitest'
import { memoryOfThisRun } from '../../../../../src/main/engine/verify/no-memory.ts'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { kiok } from '../../../../../src/main/systems/kiok/kiok.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { editManifest, editObject, entryOf, kiokRepository, masterKey, recordObject } from './fixture.ts'

const keys = [masterKey]

async function said(
  store: ObjectStore,
  id: string | undefined,
  options: Parameters<typeof verifyRepository>[2],
) {
  return (await verifyRepository(store, kiok, options)).said[id ?? '']
}

describe('What is remembered', () => {
  test('is not read again, and says when it was read', async () => {
    const { store, ids } = await kiokRepository()
    const memory = memoryOfThisRun()
    await verifyRepository(store, kiok, { keys, memory, at: '2026-11-20T09:00:00Z' })
    const again = await verifyRepository(store, kiok, { keys, memory, at: '2026-11-20T12:00:00Z' })
    expect(again.objectsRead).toBe(0)
    expect(again.said[ids[4] ?? '']).toMatchObject({ verdict: 'good' })
    expect(again.backups[0]?.report.stores[0]?.verifiedAt).toBe('2026-11-20T09:00:00.000Z')
  })

  test('is read again where it is asked for', async () => {
    const { store } = await kiokRepository()
    const memory = memoryOfThisRun()
    await verifyRepository(store, kiok, { keys, memory })
    expect((await verifyRepository(store, kiok, { keys, memory, reading: 'everything' })).objectsRead).toBe(
      10,
    )
  })

  test('makes nothing good without the key', async () => {
    const { store, ids } = await kiokRepository()
    const memory = memoryOfThisRun()
    await verifyRepository(store, kiok, { keys, memory })
    expect((await said(store, ids[4], { memory }))?.verdict).toBe('unknown')
  })

  test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    ['changed', (bytes) => bytes.map((byte, at) => (at === bytes.length - 20 ? byte ^ 1 : byte)), 'tampered'],
    ['cut', (bytes) => bytes.subarray(0, -1), 'truncated'],
    ['longer', (bytes) => Buffer.concat([bytes, bytes]), 'trailingBytes'],
  ])('of an envelope that was opened and is %s stands without the key, too', async (_, edit, expected) => {
    const { store, ids } = await kiokRepository()
    const bytes = await editObject(store, `${ids[4]}/metadata.enc`, edit)
    await editManifest(store, ids[4] ?? '', (manifest) => recordObject(entryOf(manifest, 'metadata'), bytes))
    const memory = memoryOfThisRun()
    await verifyRepository(store, kiok, { keys, memory })
    expect(await said(store, ids[4], { memory })).toMatchObject({
      verdict: 'bad',
      stores: { metadata: `intact envelope.${expected}`, kms: 'intact key.missing' },
    })
  })

  test('does not stand for a key that was not tried then', async () => {
    const { store, ids } = await kiokRepository()
    const memory = memoryOfThisRun()
    await verifyRepository(store, kiok, { keys: ['another key'], memory })
    expect((await said(store, ids[4], { keys, memory }))?.verdict).toBe('good')
  })

  test.each([
    [
      'the same',
      (text: string) => text.replace(/"ct":"./, (from) => `"ct":"${from.endsWith('A') ? 'B' : 'A'}`),
      'tampered',
    ],
    ['another', (text: string) => text.replace('"iterations":1000', '"iterations":1001'), 'wrongKey'],
  ])(
    'to have opened proves a key that no longer opens an object with %s derivation',
    async (_, edit, expected) => {
      const { store, ids } = await kiokRepository()
      const memory = memoryOfThisRun()
      await verifyRepository(store, kiok, { keys, memory })
      const bytes = await editObject(store, `${ids[4]}/metadata.enc`, (stored) =>
        Buffer.from(edit(Buffer.from(stored).toString('latin1')), 'latin1'),
      )
      await editManifest(store, ids[4] ?? '', (manifest) =>
        recordObject(entryOf(manifest, 'metadata'), bytes),
      )
      const { said: all, objectsRead } = await verifyRepository(store, kiok, { keys, memory })
      expect(objectsRead).toBe(1)
      expect(all[ids[4] ?? '']?.stores['metadata']).toContain(`envelope.${expected}`)
    },
  )

  test('gives away an object and a manifest that were rewritten together', async () => {
    const { store, ids } = await kiokRepository()
    const other = await kiokRepository({ seed: 'another history' })
    const memory = memoryOfThisRun()
    await verifyRepository(store, kiok, { keys, memory })
    const bytes = await readSmall(other.store, `${other.ids[4]}/metadata.enc`, 1e6)
    await store.put(`${ids[4]}/metadata.enc`, bytes)
    await editManifest(store, ids[4] ?? '', (manifest) => recordObject(entryOf(manifest, 'metadata'), bytes))
    const report = await said(store, ids[4], { keys, memory })
    expect(report?.verdict).toBe('bad')
    expect(report?.codes).toEqual(['object.changed'])
    expect(report?.stores['metadata']).toContain('object.changed')
  })
})

describe('The cluster that a repository belongs to', () => {
  test('is remembered: a backup of another cluster with the same key is found, although its manifest was edited', async () => {
    const { store, ids } = await kiokRepository()
    const staging = await kiokRepository({
      seed: 'staging',
      cluster: 'kiok-staging',
      nights: [{ at: '2026-11-17T02:00:00Z', changed: 'all' }],
    })
    const memory = memoryOfThisRun()
    await verifyRepository(store, kiok, { keys, memory })
    const id = staging.ids[0] ?? ''
    for await (const entry of staging.store.list()) {
      if (entry.kind === 'object') await store.put(entry.key, await readSmall(staging.store, entry.key, 1e6))
    }
    const unedited = await said(store, id, { keys, memory })
    expect(unedited).toMatchObject({ verdict: 'bad', codes: ['manifest.clusterMismatch'] })
    await editManifest(store, id, (manifest) => void (manifest['cluster'] = 'kiok-prod'))
    const edited = await said(store, id, { keys, memory })
    expect(edited?.verdict).toBe('bad')
    expect(edited?.stores['kms']).toBe('matches manifest.clusterMismatch')
    expect((await said(store, ids[4], { keys, memory }))?.verdict).toBe('good')
  })
})

test('A manifest that names no cluster is none of another cluster', async () => {
  const { store, ids } = await kiokRepository()
  const memory = memoryOfThisRun()
  await verifyRepository(store, kiok, { keys, memory })
  await editManifest(store, ids[4] ?? '', (manifest) => void delete manifest['cluster'])
  const report = await said(store, ids[4], { keys, memory })
  expect(report?.codes).not.toContain('manifest.clusterMismatch')
})

test('A repository that was sealed when it was first verified does not become plain unnoticed', async () => {
  const sealed = await kiokRepository()
  const memory = memoryOfThisRun()
  await verifyRepository(sealed.store, kiok, { keys, memory })
  const later = await kiokRepository({
    plain: true,
    nights: [{ at: '2026-11-20T02:00:00Z', changed: 'all' }],
  })
  expect((await said(later.store, later.ids[0], { keys }))?.verdict).toBe('warning')
  expect((await said(later.store, later.ids[0], { keys, memory }))?.verdict).toBe('bad')
})
