import { expect, test } from 'vitest'
import { inProcessByteWork } from '../../../../fakes/in-process-byte-work.ts'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { kiok } from '../../../../../src/main/systems/kiok/kiok.ts'
import {
  writeBackup,
  type StoreSource,
  type WrittenEntry,
} from '../../../../../src/main/systems/kiok/writer.ts'
import { names } from '../../../../conformance/store-helpers.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { piecesOf, sealingKey, seededRandom, sha256 } from '../../../../support/envelopes.ts'
import { kiokStoreNames } from './fixture.ts'

const [first, second] = ['20261110T020000Z-00000001', '20261111T020000Z-00000002']
const random = seededRandom('writer')
const sealing = await sealingKey('correct horse')

function source(store: string, text: string): StoreSource {
  const bytes = Buffer.from(text)
  return { store, sizeBytes: bytes.byteLength, sha256: sha256(bytes), pieces: () => piecesOf(bytes, 7) }
}

interface Night {
  readonly previous?: ReadonlyMap<string, WrittenEntry>
  readonly isTrusted?: (entry: WrittenEntry) => boolean
  readonly stores?: readonly StoreSource[]
}

async function write(store: ObjectStore, backupId: string, night: Night = {}) {
  const byteWork = inProcessByteWork(new Map())
  const backup = {
    backupId,
    createdAt: backupId.startsWith('20261110') ? '2026-11-10T02:00:00Z' : '2026-11-11T02:00:00Z',
    cluster: 'kiok-prod',
    sealing,
    previous: new Map(),
    isTrusted: () => true,
    stores: kiokStoreNames.map((name) => source(name, `the ${name} of both nights`)),
    ...night,
  }
  try {
    return await writeBackup(backup, { store, byteWork, random })
  } finally {
    await byteWork.close()
  }
}

async function twoNights(
  meanwhile: (store: ObjectStore, written: ReadonlyMap<string, WrittenEntry>) => Promise<void>,
  night: Night = {},
) {
  const store = memoryStore()
  const previous = await write(store, first)
  await meanwhile(store, previous)
  await write(store, second, { previous, ...night })
  const { said } = await verifyRepository(store, kiok, { keys: ['correct horse'] })
  const own = (await names(store))
    .filter((key) => key.startsWith(second))
    .map((key) => key.slice(second.length + 1))
  return { own, verdict: said[second]?.verdict }
}

test('What has not changed is pointed to and not written again', async () => {
  expect(await twoNights(async () => {})).toEqual({ own: ['manifest.json'], verdict: 'good' })
})

test('What has changed is written under the new backup', async () => {
  const stores = kiokStoreNames.map((name) =>
    source(name, name === 'iam' ? 'another iam' : `the ${name} of both nights`),
  )
  expect(await twoNights(async () => {}, { stores })).toEqual({
    own: ['iam.enc', 'manifest.json'],
    verdict: 'good',
  })
})

test('An object that is gone is not pointed to: it is written again', async () => {
  expect(await twoNights((store) => store.delete(`${first}/kms.enc`))).toEqual({
    own: ['kms.enc', 'manifest.json'],
    verdict: 'good',
  })
})

test('An object of another size than recorded is not pointed to', async () => {
  const cut = async (store: ObjectStore): Promise<void> => {
    const bytes = await readSmall(store, `${first}/kms.enc`, 1e6)
    await store.put(`${first}/kms.enc`, bytes.subarray(0, -1))
  }
  expect(await twoNights(cut)).toEqual({ own: ['kms.enc', 'manifest.json'], verdict: 'good' })
})

test('An object whose last verification was bad is not pointed to, though its size is right', async () => {
  const damage = async (store: ObjectStore): Promise<void> => {
    const bytes = Uint8Array.from(await readSmall(store, `${first}/kms.enc`, 1e6))
    bytes[bytes.byteLength - 1] = (bytes.at(-1) ?? 0) ^ 1
    await store.put(`${first}/kms.enc`, bytes)
  }
  const isTrusted = ({ object }: WrittenEntry): boolean => object !== 'kms.enc'
  expect(await twoNights(damage, { isTrusted })).toEqual({
    own: ['kms.enc', 'manifest.json'],
    verdict: 'good',
  })
  expect((await twoNights(damage)).verdict).toBe('bad')
})

test('The manifest is written last: a backup that fails before has none, and is none', async () => {
  const store = memoryStore()
  const broken = {
    ...source('joblog', 'x'),
    async *pieces(): AsyncIterable<Uint8Array> {
      yield Buffer.from('x')
      throw new Error('The source broke.')
    },
  }
  const stores = [source('metadata', 'whole'), broken]
  await expect(write(store, first, { stores })).rejects.toThrow('The source broke.')
  expect(await names(store)).toEqual([`${first}/metadata.enc`])
  expect((await verifyRepository(store, kiok)).backups).toEqual([])
})

test('A backup never takes the place of one that is there', async () => {
  const store = memoryStore()
  await write(store, first)
  await expect(write(store, first)).rejects.toMatchObject({ code: 'object.changed' })
  const { said } = await verifyRepository(store, kiok, { keys: ['correct horse'] })
  expect(said[first]?.verdict).toBe('good')
})
