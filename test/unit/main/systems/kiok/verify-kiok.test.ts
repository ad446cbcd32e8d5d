import { expect, test, describe } from 'vitest'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { kiok } from '../../../../../src/main/systems/kiok/kiok.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import {
  editManifest,
  editObject,
  entryOf,
  kiokRepository,
  masterKey,
  recordObject,
  type Json,
} from './fixture.ts'

const good = {
  verdict: 'good',
  codes: [],
  stores: { metadata: 'matches', kms: 'matches', iam: 'matches', connections: 'matches', joblog: 'matches' },
}
const keys = [masterKey]

async function said(
  store: ObjectStore,
  id: string | undefined,
  options: Parameters<typeof verifyRepository>[2] = { keys },
) {
  return (await verifyRepository(store, kiok, options)).said[id ?? '']
}

describe('A healthy repository', () => {
  test('is good to the level that the format can prove, and each object is read once', async () => {
    const { store, ids } = await kiokRepository()
    const result = await verifyRepository(store, kiok, { keys })
    expect(result.said).toEqual(Object.fromEntries(ids.map((id) => [id, good])))
    // Five stores in the first night, metadata in the four others, iam in the third.
    expect(result.objectsRead).toBe(5 + 4 + 1)
  })

  test('is unknown without its key: the sealed bytes are intact, nothing more was proved', async () => {
    const { store, ids } = await kiokRepository()
    const result = await verifyRepository(store, kiok)
    expect(result.said[ids[4] ?? '']).toEqual({
      verdict: 'unknown',
      codes: [],
      stores: Object.fromEntries(Object.keys(good.stores).map((name) => [name, 'intact key.missing'])),
    })
    const severities = result.backups.flatMap(({ report }) =>
      report.stores.flatMap(({ findings }) => findings),
    )
    expect(new Set(severities.map(({ severity }) => severity))).toEqual(new Set(['warning']))
  })

  test('lacks its key as an error where the level that needs it was asked for', async () => {
    const { store } = await kiokRepository()
    const result = await verifyRepository(store, kiok, { level: 'decrypts' })
    const findings = result.backups.flatMap(({ report }) => report.stores.flatMap((each) => each.findings))
    expect(new Set(findings.map(({ code, severity }) => `${severity} ${code}`))).toEqual(
      new Set(['error key.missing']),
    )
    expect(new Set(result.backups.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']))
  })

  test.each(['present', 'intact', 'decrypts'] as const)(
    'is unknown where --level stops at %s',
    async (level) => {
      const { store, ids } = await kiokRepository()
      const report = await said(store, ids[4], { keys, level })
      expect(report).toEqual({
        verdict: 'unknown',
        codes: [],
        stores: Object.fromEntries(Object.keys(good.stores).map((name) => [name, level])),
      })
    },
  )

  test('is not read at all for the level present', async () => {
    const { store } = await kiokRepository()
    expect((await verifyRepository(store, kiok, { keys, level: 'present' })).objectsRead).toBe(0)
  })

  test('asked for more than the format can prove is proved as far as it goes', async () => {
    const { store, ids } = await kiokRepository()
    expect(await said(store, ids[4], { keys, level: 'wellFormed' })).toEqual(good)
  })

  test('may be wholly plain where the cluster runs without its key service: a warning', async () => {
    const { store, ids } = await kiokRepository({ plain: true })
    const result = await verifyRepository(store, kiok)
    expect(result.said[ids[4] ?? '']).toEqual({
      verdict: 'warning',
      codes: [],
      stores: Object.fromEntries(
        Object.keys(good.stores).map((name) => [name, 'matches backup.unencrypted']),
      ),
    })
  })
})

type Damage = (store: ObjectStore, ids: readonly string[]) => Promise<void>

/** What happens to the newest backup, and what is said of it. */
const damages: readonly (readonly [
  name: string,
  damage: Damage,
  verdict: string,
  codes: readonly string[],
  stores: Readonly<Record<string, string>>,
])[] = [
  [
    'a manifest that is cut',
    async (store, ids) =>
      await editBytes(store, `${ids[4]}/manifest.json`, (bytes) => bytes.subarray(0, 200)),
    'bad',
    ['manifest.unreadable'],
    {},
  ],
  [
    'a name twice in the manifest',
    async (store, ids) =>
      void (await store.put(`${ids[4]}/manifest.json`, Buffer.from('{"stores":{},"stores":{}}'))),
    'bad',
    ['manifest.unreadable'],
    {},
  ],
  [
    'a manifest of another format',
    edited((manifest) => void (manifest['format'] = 'vendor/7')),
    'unknown',
    ['format.unknown'],
    {},
  ],
  [
    'a manifest of another backup',
    edited((manifest) => void (manifest['backupId'] = '20260101T000000Z-00000000')),
    'bad',
    ['manifest.idMismatch'],
    good.stores,
  ],
  [
    'a manifest without a store',
    edited((manifest) => void delete (manifest['stores'] as Json)['iam']),
    'bad',
    ['manifest.incomplete'],
    without('iam'),
  ],
  [
    'a hash that is no hash',
    editedEntry((entry) => void (entry['sha256'] = 'abc')),
    'bad',
    ['manifest.unreadable'],
    {},
  ],
  [
    'a size below zero',
    editedEntry((entry) => void (entry['size'] = -1)),
    'bad',
    ['manifest.unreadable'],
    {},
  ],
  [
    'an endless size',
    async (store, ids) =>
      await editBytes(store, `${ids[4]}/manifest.json`, (bytes) =>
        Buffer.from(
          Buffer.from(bytes)
            .toString()
            .replace(/"size": \d+/, '"size": 1e309'),
        ),
      ),
    'bad',
    ['manifest.unreadable'],
    {},
  ],
  [
    'a holder that leads out of the repository',
    editedEntry((entry) => void (entry['holder'] = '../x')),
    'bad',
    [],
    at('iam', 'listed manifest.unsafePath'),
  ],
  [
    'an object that leads out of its folder',
    editedEntry((entry) => void (entry['object'] = '../manifest.json')),
    'bad',
    [],
    at('iam', 'listed manifest.unsafePath'),
  ],
  [
    'a holder with nothing in the repository',
    editedEntry((entry) => void (entry['holder'] = '20260101T000000Z-00000000')),
    'bad',
    [],
    at('iam', 'listed chain.holderMissing chain.holderRegressed', true),
  ],
  [
    'an object that is gone',
    async (store, ids) => store.delete(`${ids[2]}/iam.enc`),
    'bad',
    [],
    at('iam', 'listed chain.objectMissing'),
  ],
  [
    'a store taken back to an earlier day',
    editedEntry((entry, ids) => void Object.assign(entry, { holder: ids[0] })),
    'bad',
    [],
    at('iam', 'present chain.holderRegressed object.hashMismatch plain.hashMismatch', true),
  ],
  [
    'an object that is longer than recorded',
    async (store, ids) =>
      void (await editObject(store, `${ids[2]}/iam.enc`, (bytes) =>
        Buffer.concat([bytes, Buffer.from('x')]),
      )),
    'bad',
    [],
    at('iam', 'listed object.sizeMismatch envelope.trailingBytes'),
  ],
  [
    'an object that is shorter than recorded',
    async (store, ids) =>
      void (await editObject(store, `${ids[2]}/iam.enc`, (bytes) => bytes.subarray(0, -1))),
    'bad',
    [],
    at('iam', 'listed object.sizeMismatch envelope.truncated'),
  ],
  [
    'a byte that flipped in the sealed bytes',
    async (store, ids) => void (await editObject(store, `${ids[2]}/iam.enc`, flip(-20))),
    'bad',
    [],
    at('iam', 'present object.hashMismatch envelope.tampered'),
  ],
  [
    'a byte that flipped and a manifest that was made to agree',
    rewritten('iam', flip(-20)),
    'bad',
    [],
    at('iam', 'intact envelope.tampered'),
  ],
  [
    'a salt that was changed, beside good objects',
    rewritten('iam', replaceText('"iterations":1000', '"iterations":1001')),
    'bad',
    [],
    at('iam', 'intact envelope.wrongKey'),
  ],
  [
    'a wrapped key that was changed, beside good objects',
    rewritten('iam', flipInHeader('"ct":"')),
    'bad',
    [],
    at('iam', 'intact envelope.tampered'),
  ],
  [
    'an object that is empty',
    rewritten('iam', () => new Uint8Array()),
    'bad',
    [],
    at('iam', 'intact envelope.truncated'),
  ],
  [
    'an object of an unknown kind',
    rewritten('iam', () => Buffer.from('something else')),
    'bad',
    [],
    at('iam', 'intact envelope.unknown'),
  ],
  [
    'an envelope of another version',
    rewritten('iam', replaceText('"v":1', '"v":2')),
    'bad',
    [],
    at('iam', 'intact envelope.unknown'),
  ],
  [
    'an envelope with an invalid header',
    rewritten('iam', replaceText('"segment":1048576', '"segment":1')),
    'bad',
    [],
    at('iam', 'intact envelope.headerInvalid'),
  ],
  [
    'an envelope cut inside its header',
    rewritten('iam', (bytes) => bytes.subarray(0, 40)),
    'bad',
    [],
    at('iam', 'intact envelope.truncated'),
  ],
  [
    'a neighbour’s object in its place',
    misplaced,
    'bad',
    [],
    at('connections', 'decrypts envelope.misplaced'),
  ],
  [
    'plain bytes that the manifest does not name',
    editedEntry((entry) => void (entry['sha256'] = '0'.repeat(64))),
    'bad',
    [],
    at('iam', 'decrypts plain.hashMismatch'),
  ],
  [
    'sizes and hashes that are not recorded',
    editedEntry(
      (entry) =>
        void Object.assign(entry, { sha256: null, size: null, objectSize: null, objectSha256: null }),
    ),
    'good',
    [],
    at('iam', 'decrypts'),
  ],
]

describe('Of a repository with', () => {
  test.each(damages)('%s', async (_name, damage, verdict, codes, stores) => {
    const { store, ids } = await kiokRepository()
    await damage(store, ids)
    const report = await said(store, ids[4])
    expect({ ...report, stores: sortCodes(report?.stores) }).toEqual({
      verdict,
      codes,
      stores: sortCodes(stores),
    })
  })

  test('a damaged object, every backup that points to it is bad and no other', async () => {
    const { store, ids } = await kiokRepository()
    await editObject(store, `${ids[2]}/iam.enc`, flip(-20))
    const { said: all } = await verifyRepository(store, kiok, { keys })
    expect(ids.map((id) => all[id]?.verdict)).toEqual(['good', 'good', 'bad', 'bad', 'bad'])
  })
})

describe('Without a key, of an object that its manifest was made to agree with', () => {
  test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    ['cut', (bytes) => bytes.subarray(0, -1), 'intact envelope.truncated key.missing'],
    ['cut behind its header', (bytes) => bytes.subarray(0, -916), 'intact envelope.truncated key.missing'],
    ['longer', (bytes) => Buffer.concat([bytes, bytes]), 'intact envelope.trailingBytes key.missing'],
    ['as long as it should be', flip(-20), 'intact key.missing'],
  ])('%s', async (_, edit, expected) => {
    const { store, ids } = await kiokRepository()
    await rewritten('iam', edit)(store, ids)
    const first = await verifyRepository(store, kiok)
    expect(first.said[ids[4] ?? '']).toMatchObject({
      verdict: expected.includes('envelope') ? 'bad' : 'unknown',
      stores: { iam: expected },
    })
  })
})

describe('An envelope that was taken off', () => {
  test('is an error, although the manifest was made to agree', async () => {
    const { store, ids } = await kiokRepository()
    const plain = await kiokRepository({ plain: true })
    const bytes = await readSmall(plain.store, `${plain.ids[2]}/iam.bin`, 1e6)
    await store.put(`${ids[4]}/iam.enc`, bytes)
    await editManifest(store, ids[4] ?? '', (manifest) => {
      const entry = entryOf(manifest, 'iam')
      recordObject(entry, bytes)
      Object.assign(entry, { holder: ids[4], object: 'iam.enc', keyId: undefined, keyVersion: undefined })
    })
    const result = await verifyRepository(store, kiok, { keys })
    expect(result.said[ids[4] ?? '']).toMatchObject({
      verdict: 'bad',
      stores: { iam: 'matches backup.unencrypted' },
    })
  })

  test('is an error where the whole last backup is plain and the one before it is sealed', async () => {
    const sealed = await kiokRepository()
    const plain = await kiokRepository({
      plain: true,
      nights: [{ at: '2026-11-16T02:00:00Z', changed: 'all' }],
    })
    const last = plain.ids[0] ?? ''
    for await (const entry of plain.store.list()) {
      if (entry.kind === 'object')
        await sealed.store.put(entry.key, await readSmall(plain.store, entry.key, 1e6))
    }
    const report = await said(sealed.store, last)
    expect(report?.verdict).toBe('bad')
    expect(report?.stores['kms']).toBe('matches backup.unencrypted')
  })
})

describe('A master key', () => {
  test('that is wrong is called wrong, and the bytes intact', async () => {
    const { store, ids } = await kiokRepository()
    expect(await said(store, ids[4], { keys: ['another key'] })).toEqual({
      verdict: 'bad',
      codes: [],
      stores: Object.fromEntries(Object.keys(good.stores).map((name) => [name, 'intact envelope.wrongKey'])),
    })
  })

  test('is not called wrong for bytes that are not the recorded ones', async () => {
    const { store, ids } = await kiokRepository()
    await editObject(store, `${ids[2]}/iam.enc`, flip(-20))
    expect((await said(store, ids[4], { keys: ['another key'] }))?.stores['iam']).toBe(
      'present object.hashMismatch',
    )
  })

  test('that was changed needs the older one beside it', async () => {
    const nights = [
      { at: '2026-11-10T02:00:00Z', changed: 'all' as const },
      { at: '2026-11-11T02:00:00Z', changed: 'all' as const, masterKey: 'the newer master key' },
    ]
    const { store } = await kiokRepository({ nights })
    const verdicts = async (...given: string[]) =>
      (await verifyRepository(store, kiok, { keys: given })).backups.map(({ verdict }) => verdict)
    expect(await verdicts('the newer master key')).toEqual(['good', 'bad'])
    expect(await verdicts('the newer master key', masterKey)).toEqual(['good', 'good'])
  })
})

function without(name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(good.stores).filter(([store]) => store !== name))
}

function at(name: string, text: string, _isHeldElsewhere = false): Readonly<Record<string, string>> {
  return { ...good.stores, [name]: text }
}

function edited(edit: (manifest: Json) => void): Damage {
  return async (store, ids) => editManifest(store, ids[4] ?? '', edit)
}

function editedEntry(edit: (entry: Json, ids: readonly string[]) => void): Damage {
  return async (store, ids) =>
    editManifest(store, ids[4] ?? '', (manifest) => edit(entryOf(manifest, 'iam'), ids))
}

/** Replaces the newest backup's object of a store and lets its manifest agree. */
function rewritten(name: string, edit: (bytes: Uint8Array) => Uint8Array): Damage {
  return async (store, ids) => {
    const bytes = await editObject(store, `${ids[2]}/${name}.enc`, edit)
    await editManifest(store, ids[4] ?? '', (manifest) => recordObject(entryOf(manifest, name), bytes))
  }
}

async function misplaced(store: ObjectStore, ids: readonly string[]): Promise<void> {
  const bytes = await readSmall(store, `${ids[0]}/kms.enc`, 1e6)
  await store.put(`${ids[0]}/connections.enc`, bytes)
  await editManifest(store, ids[4] ?? '', (manifest) => recordObject(entryOf(manifest, 'connections'), bytes))
}

async function editBytes(
  store: ObjectStore,
  key: string,
  edit: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  await editObject(store, key, edit)
}

function flip(offset: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const at = offset < 0 ? bytes.byteLength + offset : offset
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes
  }
}

function replaceText(from: string, to: string): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => Buffer.from(Buffer.from(bytes).toString('latin1').replace(from, to), 'latin1')
}

function flipInHeader(name: string): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const at = Buffer.from(bytes).indexOf(name) + name.length
    bytes[at] = bytes[at] === 0x41 ? 0x42 : 0x41
    return bytes
  }
}

/** The order of findings of one store is not part of what is promised. */
function sortCodes(stores: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(stores).map(([store, text]) => {
      const [level, ...codes] = text.split(' ')
      return [store, [level, ...codes.sort()].join(' ')]
    }),
  )
}
