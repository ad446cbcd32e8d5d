import { expect, test } from 'vitest'
import { findCopies } from '../../../../src/main/desk/find-copies.ts'
import type { SavedRepository } from '../../../../src/main/ports/desk-state.ts'
import type { ObjectInfo, ObjectStore } from '../../../../src/main/ports/object-store.ts'
import { noAccess } from '../../../../src/shared/contract/repositories.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { formatAddress } from '../../../../src/shared/domain/address.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { savedClusterOf } from '../../../support/saved-cluster.ts'
import { givenSecrets } from '../../../fakes/secrets.ts'

const bytes = (length: number): Uint8Array => new Uint8Array(length)
const profile = (name: string) => ({ ...noAccess, credential: { source: 'profile' as const, profile: name } })

function repository(name: string, fields: Partial<SavedRepository> = {}): SavedRepository {
  return { id: name, name, address: `s3://${name}/`, system: 'kiok', access: profile('writer'), ...fields }
}

/** A repository with two backups that share one object, newest first, and others beside it. */
async function desk(...others: readonly SavedRepository[]) {
  const state = memoryDeskState()
  const here = repository('here')
  const stores = new Map<string, ObjectStore>()
  for (const saved of [here, ...others]) {
    await state.repositories.put(saved)
    stores.set(saved.address, memoryStore())
  }
  const put = async (name: string, key: string, size: number): Promise<ObjectInfo> => {
    const store = stores.get(`s3://${name}/`)
    if (store === undefined) throw new Error(`No store ${name}.`)
    return store.put(key, bytes(size))
  }
  const [kms, iam, manifest] = [
    await put('here', 'b1/kms.enc', 30),
    await put('here', 'b2/iam.enc', 40),
    await put('here', 'b2/manifest.json', 7),
  ]
  const old = await put('here', 'b1/manifest.json', 6)
  const backups = [
    { objects: [kms, iam], completedBy: [manifest] },
    { objects: [kms], completedBy: [old] },
  ]
  const read: string[] = []
  const ports = {
    state,
    secrets: givenSecrets({}),
    openStore: async (address: Parameters<typeof formatAddress>[0]) => {
      const store = stores.get(formatAddress(address))
      if (store === undefined) throw new HoldfastError('repository.unreachable', { what: 'It is gone.' })
      return { ...store, get: async (key: string) => (read.push(key), store.get(key)) }
    },
  }
  const find = async (signal = new AbortController().signal) => findCopies(here, backups, ports, signal)
  return { put, find, read, stores, state }
}

const behindOf = async (lab: Awaited<ReturnType<typeof desk>>, name: string): Promise<unknown> => {
  const seen = (await lab.find()).places.find((place) => place.name === name)?.seen
  return seen?.told === true ? seen.behind : seen
}

test('A copy counts with its last object, of the same size, and no object is read for it', async () => {
  const lab = await desk(repository('copies', { access: profile('other') }))
  expect(await behindOf(lab, 'copies')).toBeNull()
  await lab.put('copies', 'b1/kms.enc', 30)
  expect(await behindOf(lab, 'copies')).toBeNull()
  await lab.put('copies', 'b1/manifest.json', 6)
  expect(await behindOf(lab, 'copies')).toBe(1)
  await lab.put('copies', 'b2/iam.enc', 39)
  await lab.put('copies', 'b2/manifest.json', 7)
  expect(await behindOf(lab, 'copies')).toBe(1)
  await lab.put('copies', 'b2/iam.enc', 40)
  expect(await behindOf(lab, 'copies')).toBe(0)
  expect(lab.read).toEqual([])
})

test('Only repositories of the system at other places are looked into; one that is gone is told, and keeps none waiting', async () => {
  const lab = await desk(
    repository('again', { address: 's3://here/' }),
    repository('armada', { system: 'armada' }),
    repository('gone'),
    repository('copies'),
  )
  lab.stores.delete('s3://gone/')
  const { backups, places } = await lab.find()
  expect(backups).toBe(2)
  expect(places).toEqual([
    { name: 'gone', isWithinReach: true, seen: { told: false, why: 'It is gone.' } },
    { name: 'copies', isWithinReach: true, seen: { told: true, behind: null } },
  ])
  const ended = new AbortController()
  ended.abort()
  await expect(lab.find(ended.signal)).rejects.toThrow()
})

test('What the same credentials or the same machine reach is within reach', async () => {
  const within = async (other: Partial<SavedRepository>, here: Partial<SavedRepository> = {}) => {
    const state = memoryDeskState()
    await state.repositories.put(repository('other', other))
    const ports = {
      state,
      secrets: givenSecrets({}),
      openStore: async () => Promise.resolve(memoryStore()),
    }
    const { places } = await findCopies(repository('here', here), [], ports, new AbortController().signal)
    return places[0]?.isWithinReach
  }
  const folder = { address: 'file:///backups/', access: noAccess }
  expect(await within({})).toBe(true)
  expect(await within({ access: profile('reader') })).toBe(false)
  expect(await within(folder)).toBe(false)
  expect(await within({ ...folder, address: 'file:///mnt/' }, folder)).toBe(true)
  const sftp = (host: string, path = 'b') => ({ address: `sftp://user@${host}/${path}`, access: noAccess })
  expect(await within(sftp('a'), sftp('a', 'c'))).toBe(true)
  expect(await within(sftp('a'), sftp('b'))).toBe(false)
})

test('Of many places eight are listed, those first that no cluster uses and other credentials reach; the others are told', async () => {
  const many = Array.from({ length: 10 }, (_, at) => repository(`p${at}`))
  const lab = await desk(...many, repository('copies', { access: profile('other') }))
  for (const { id } of many.slice(0, 5))
    await lab.state.clusters.put(savedClusterOf({ id: `of ${id}`, repositoryId: id }))
  const { places } = await lab.find()
  const names = (told: boolean) => places.filter(({ seen }) => seen.told === told).map(({ name }) => name)
  expect(names(true)).toEqual(['copies', 'p5', 'p6', 'p7', 'p8', 'p9', 'p0', 'p1'])
  expect(names(false)).toEqual(['p2', 'p3', 'p4'])
})
