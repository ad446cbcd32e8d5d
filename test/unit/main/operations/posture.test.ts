import { expect, test } from 'vitest'
import { readPosture, type KnownBackups } from '../../../../src/main/operations/posture.ts'
import type { ObjectInfo, ObjectStore } from '../../../../src/main/ports/object-store.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import type { PostureCheck, PostureCheckId } from '../../../../src/shared/domain/posture-check.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const privateKey = '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n'
const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

async function check(
  store: ObjectStore,
  id: PostureCheckId,
  known: KnownBackups | null = null,
): Promise<PostureCheck | undefined> {
  const { checks } = await readPosture(store, known, { nowMs: Date.parse('2026-11-22T10:00:00Z') })
  return checks.find((one) => one.id === id)
}

/** One backup of these objects. */
function backupOf(objects: readonly ObjectInfo[], neverSealed = false): KnownBackups {
  const system = { name: 'kiok', sharesObjects: true, neverSealed }
  return { system, backups: [{ objects, completedBy: [] }] }
}

/** Every write is a failure of the test, and every key that was read is noted. */
function watched(store: ObjectStore, read: string[]): ObjectStore {
  const never = async (): Promise<never> => {
    throw new Error('it wrote')
  }
  return {
    ...store,
    put: never,
    putStream: never,
    delete: never,
    get: async (key, options) => {
      read.push(key)
      return store.get(key, options)
    },
  }
}

test('Small objects that no backup needs are read for keys, others are not, and nothing is written', async () => {
  const store = memoryStore()
  const needed = await store.put('a/kms.enc', utf8(`KBE1${privateKey}`))
  await store.put('big', new Uint8Array(4097))
  await store.put('ca.pem', utf8(certificate))
  await store.put('note', utf8('nothing'))
  const read: string[] = []
  const good = await check(watched(store, read), 'keyLike', backupOf([needed]))
  expect(good?.state).toBe('good')
  // The backup's own object is read for its first bytes alone.
  expect(read.toSorted()).toEqual(['a/kms.enc', 'ca.pem', 'note'])
  await store.put('both.pem', utf8(certificate + privateKey))
  await store.put('plain', utf8(privateKey))
  await store.put('server.key', new Uint8Array(9000))
  const bad = await check(store, 'keyLike', backupOf([needed]))
  expect(bad).toMatchObject({
    state: 'bad',
    evidence: [
      'both.pem: holds a private key',
      'server.key: named as a key file',
      'plain: holds a private key',
    ],
  })
  expect(JSON.stringify(bad)).not.toContain('canary')
})

test('More small objects than are read, or one that may not be read, leave the question open', async () => {
  const many = memoryStore()
  for (let at = 0; at < 201; at += 1) await many.put(`n${at}`, utf8('x'))
  const read: string[] = []
  expect((await check(watched(many, read), 'keyLike'))?.state).toBe('unknown')
  expect(read).toHaveLength(200)

  const store = memoryStore()
  await store.put('closed', utf8('x'))
  const closed: ObjectStore = {
    ...store,
    get: async () => {
      throw new HoldfastError('repository.accessDenied', { what: 'no' })
    },
  }
  expect((await check(closed, 'keyLike'))?.state).toBe('unknown')
  const gone: ObjectStore = {
    ...store,
    get: async () => {
      throw new HoldfastError('repository.unreachable', { what: 'gone' })
    },
  }
  await expect(check(gone, 'keyLike')).rejects.toMatchObject({ code: 'repository.unreachable' })
})

test('A backup is sealed where every object that was looked at begins so, and plain where its system seals none', async () => {
  const store: ObjectStore = {
    ...memoryStore(),
    facts: async () => ({
      kind: 'folder',
      where: 'here',
      path: '/x',
      mode: { told: true, value: 0o700 },
      owner: null,
      looseParts: [],
      mayWrite: { told: true, value: true },
      isOnRootDisk: { told: true, value: false },
    }),
  }
  const sealed = await store.put('a', utf8('KBE1 and more'))
  const plain = await store.put('b', utf8('{"plain":true}'))
  expect((await check(store, 'encryption', backupOf([sealed])))?.state).toBe('good')
  expect((await check(store, 'encryption', backupOf([sealed, plain])))?.state).toBe('unknown')
  expect((await check(store, 'encryption', backupOf([sealed], true)))?.state).toBe('unknown')
  expect((await check(store, 'encryption', backupOf([])))?.state).toBe('unknown')
  // One of two that cannot be read may be plain.
  const half: ObjectStore = {
    ...store,
    get: async (key, options) => {
      if (key === 'b') throw new HoldfastError('repository.accessDenied', { what: 'no' })
      return store.get(key, options)
    },
  }
  expect((await check(half, 'encryption', backupOf([sealed, plain])))?.state).toBe('unknown')
})
