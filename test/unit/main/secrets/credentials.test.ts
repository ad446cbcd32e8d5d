import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { SavedRepository } from '../../../../src/main/ports/desk-state.ts'
import { failure } from '../../../conformance/store-helpers.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { savedClusterOf } from '../../../support/saved-cluster.ts'
import { chosenDesk, deskOf, pair, somewhere } from './desk.ts'
import { noAccess } from '../../../../src/shared/contract/repositories.ts'

const cluster = savedClusterOf()
const repository: SavedRepository = {
  id: 'r1',
  name: 'prod bucket',
  address: 's3://prod',
  system: 'kiok',
  access: noAccess,
}

test('an S3 key pair is shown by the two ends of its access key id, and used whole', async () => {
  const { secrets, desk } = await chosenDesk()
  const added = await secrets.add('prod bucket', { ...pair, sessionToken: 'a token' })
  expect(added).toMatchObject({
    kind: 's3',
    label: 'prod bucket',
    hint: 'AKIA…7Q2M',
    usedBy: [],
    isThere: true,
    usedAt: null,
  })
  expect(await secrets.s3(added.id, somewhere)).toEqual({
    accessKeyId: pair.accessKeyId,
    secretAccessKey: pair.secretAccessKey,
    sessionToken: 'a token',
  })
  expect(JSON.stringify([desk.credentials.list(), await secrets.list()])).not.toContain(pair.secretAccessKey)
})

test('a short access key id is not shown in full', async () => {
  const { secrets } = await chosenDesk()
  expect((await secrets.add('short', { ...pair, accessKeyId: 'admin-user' })).hint).toBe('admi')
})

test('a master key that was typed or read from a file is the same key, less one line ending', async () => {
  const files = new Map([
    ['/key', 'the key'],
    ['/key-with-line-end', 'the key\n'],
    ['/key-with-windows-line-end', 'the key\r\n'],
  ])
  const { secrets } = await chosenDesk({
    readKeyFile: async (path) => new TextEncoder().encode(files.get(path) ?? ''),
  })
  const added = [await secrets.add('typed', { kind: 'masterKey', key: 'the key\n' })]
  for (const path of files.keys()) added.push(await secrets.add(path, { kind: 'masterKeyFile', path }))
  const digests = new Set<string>()
  for (const { id } of added) digests.add((await secrets.masterKey(id, somewhere)).sha256After('label'))
  expect(digests.size).toBe(1)
  expect(new Set(added.map(({ hint }) => hint)).size).toBe(1)
  const other = await secrets.add('two line ends', { kind: 'masterKey', key: 'the key\n\n' })
  expect(other.hint).not.toBe(added[0]?.hint)
})

test('a master key’s hint is another one in another installation', async () => {
  const hints = []
  for (const byte of [1, 2, 1]) {
    const { secrets } = await chosenDesk({ installationSecret: new Uint8Array(32).fill(byte) })
    hints.push((await secrets.add('key', { kind: 'masterKey', key: 'one key' })).hint)
  }
  expect(hints[0]).toMatch(/^[0-9a-f]{8}$/)
  expect(hints[2]).toBe(hints[0])
  expect(hints[1]).not.toBe(hints[0])
})

test('a master key prints as its label, and after it is closed it is refused and not another key', async () => {
  const { secrets } = await chosenDesk()
  const { id } = await secrets.add('prod key', { kind: 'masterKey', key: 'hunter2hunter2' })
  const key = await secrets.masterKey(id, somewhere)
  expect(inspect({ key }) + JSON.stringify({ key })).not.toContain('hunter2')
  expect(key.label).toBe('prod key')
  key.close()
  expect(() => key.fingerprint(new Uint8Array(32))).toThrow('closed')
  await expect(key.deriveKek(new Uint8Array(16), 1000)).rejects.toThrow('closed')
})

test('half a character and an empty key are refused, and nothing is stored', async () => {
  const { secrets, desk } = await chosenDesk({ readKeyFile: async () => new Uint8Array() })
  await failure(secrets.add('cut', { kind: 'masterKey', key: 'a\ud800' }), 'usage')
  await failure(secrets.add('cut', { ...pair, secretAccessKey: '\udfff' }), 'usage')
  await failure(secrets.add('empty', { kind: 'masterKey', key: '\n' }), 'usage')
  await failure(secrets.add('empty', { kind: 'masterKeyFile', path: '/empty' }), 'usage')
  expect(desk.credentials.list()).toEqual([])
})

test('the log is told of every secret before anything can go wrong with it', async () => {
  const { secrets, log } = await chosenDesk()
  const { id } = await secrets.add('pair', { ...pair, sessionToken: 'token-1' })
  await secrets.add('key', { kind: 'masterKey', key: 'master-1' })
  expect(log.secrets).toEqual(expect.arrayContaining([pair.secretAccessKey, 'token-1', 'master-1']))
  const before = log.secrets.length
  await secrets.s3(id, somewhere)
  expect(log.secrets.slice(before)).toEqual([pair.secretAccessKey, 'token-1'])
})

test('a credential tells who uses it, and is not removed while somebody does', async () => {
  const { secrets, desk } = await chosenDesk()
  const key = await secrets.add('key', { kind: 'masterKey', key: 'one key' })
  const s3 = await secrets.add('pair', pair)
  await desk.clusters.put({ ...cluster, masterKeys: [key.id] })
  await desk.repositories.put({
    ...repository,
    access: { ...repository.access, credential: { source: 'vault', id: s3.id } },
  })
  expect((await secrets.list()).map(({ usedBy }) => usedBy)).toEqual([['kiok-prod'], ['prod bucket']])
  expect((await failure(secrets.remove(key.id), 'credential.inUse')).message).toContain('kiok-prod')
  expect((await failure(secrets.remove(s3.id), 'credential.inUse')).message).toContain('prod bucket')
  await desk.clusters.put(cluster)
  await secrets.remove(key.id)
  expect((await secrets.list()).map(({ id }) => id)).toEqual([s3.id])
  await failure(secrets.masterKey(key.id, somewhere), 'credential.notFound')
})

test('a credential is replaced by one of its kind only, and keeps its id and label', async () => {
  const { secrets } = await chosenDesk()
  const { id } = await secrets.add('key', { kind: 'masterKey', key: 'one key' })
  await failure(secrets.replace(id, pair), 'usage')
  const before = (await secrets.list())[0]?.hint
  const replaced = await secrets.replace(id, { kind: 'masterKeyFile', path: '/k' })
  expect(replaced).toMatchObject({ id, label: 'key' })
  expect(replaced.hint).not.toBe(before)
  expect(await secrets.rename(id, 'another name')).toMatchObject({
    id,
    label: 'another name',
    hint: replaced.hint,
  })
})

test('a credential of the other kind is not handed out', async () => {
  const { secrets } = await chosenDesk()
  const { id } = await secrets.add('key', { kind: 'masterKey', key: 'one key' })
  await failure(secrets.s3(id, somewhere), 'credential.notFound')
})

test('a secret that the vault has lost is shown as lost, and can be put in again', async () => {
  const { secrets, vaults } = await chosenDesk()
  const { id } = await secrets.add('pair', pair)
  await vaults.sealedFile.remove(id)
  expect((await secrets.list())[0]?.isThere).toBe(false)
  expect((await failure(secrets.s3(id, somewhere), 'vault.lost')).message).toContain('pair')
  await secrets.replace(id, pair)
  expect((await secrets.s3(id, somewhere)).secretAccessKey).toBe(pair.secretAccessKey)
})

test('while the vault is locked credentials are listed, and not said to be lost', async () => {
  const { secrets, desk } = await chosenDesk()
  const { id } = await secrets.add('pair', pair)
  await secrets.lock()
  expect((await secrets.list())[0]).toMatchObject({ id, isThere: true })
  for (const refused of [
    secrets.s3(id, somewhere),
    secrets.add('another', pair),
    secrets.replace(id, pair),
    secrets.remove(id),
  ]) {
    await failure(refused, 'vault.locked')
  }
  expect(desk.credentials.list()).toHaveLength(1)
})

test('before a place is chosen nothing is stored', async () => {
  const { secrets, desk, audit } = deskOf()
  await failure(secrets.add('pair', pair), 'vault.none')
  await failure(secrets.unlock(null), 'vault.none')
  expect([desk.credentials.list(), audit.entries]).toEqual([[], []])
})

test('an instance that only reads the saved state changes no credential', async () => {
  const desk = memoryDeskState({ readOnlyBecause: 'Another instance (process 7) holds it.' })
  const { secrets, vaults } = deskOf({ desk })
  await failure(secrets.choose({ backend: 'keychain' }), 'state.readOnly')
  await failure(secrets.add('pair', pair), 'state.readOnly')
  expect(await vaults.keychain.state()).toEqual({ state: 'empty' })
})

test('what was read of a secret is wiped after its use, also where the use is refused', async () => {
  const file = new TextEncoder().encode('the key of a file\n')
  const { secrets, vaults, audit } = await chosenDesk({ readKeyFile: async () => file })
  const seen: Uint8Array[] = []
  const { sealedFile } = vaults
  const real = { ...sealedFile }
  sealedFile.put = async (id, secret) => {
    seen.push(secret)
    await real.put(id, secret)
  }
  sealedFile.get = async (id) => {
    const secret = await real.get(id)
    seen.push(secret)
    return secret
  }
  const s3 = await secrets.add('pair', pair)
  const key = await secrets.add('key', { kind: 'masterKeyFile', path: '/key' })
  await secrets.s3(s3.id, somewhere)
  const held = await secrets.masterKey(key.id, somewhere)
  audit.refuse('The disk is full.')
  await failure(secrets.s3(s3.id, { ...somewhere, purpose: 'restore' }), 'audit.cannotWrite')
  expect(seen).toHaveLength(5)
  for (const bytes of seen) expect(new Set(bytes)).toEqual(new Set([0]))
  expect(Buffer.from(file).toString().replaceAll('\0', '')).toBe('\n')
  expect(held.sha256After('')).toHaveLength(64)
})
