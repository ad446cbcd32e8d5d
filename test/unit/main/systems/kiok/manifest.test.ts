import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kiokStores, readManifest, timeOfBackupId } from '../../../../../src/main/systems/kiok/manifest.ts'
import { tries } from '../../../../support/tries.ts'

const folder = '20261120T020000Z-1a2b3c4d'
const hash = 'ab'.repeat(32)

function read(manifest: unknown) {
  return readManifest(Buffer.from(typeof manifest === 'string' ? manifest : JSON.stringify(manifest)), folder)
}

/** A manifest whose one store has this entry; the code of what is wrong, or the entry as read. */
function entry(value: unknown, name = 'iam') {
  const reading = read({ stores: { [name]: value } })
  return reading.ok ? reading.manifest.entries[0] : reading.finding.code
}

const nothing = {
  store: 'iam',
  sha256: null,
  sizeBytes: null,
  holder: folder,
  object: null,
  objectSizeBytes: null,
  objectSha256: null,
  keyId: null,
  keyVersion: null,
  unsafe: null,
}

describe('A manifest is read tolerantly:', () => {
  test('whole, as this console writes it', () => {
    const stores = Object.fromEntries(
      kiokStores.map((name) => [
        name,
        {
          sha256: hash,
          size: 1,
          holder: folder,
          object: `${name}.enc`,
          objectSize: 2,
          objectSha256: hash,
          keyId: 'k',
          keyVersion: 3,
        },
      ]),
    )
    const reading = read({
      format: 'kiok-reference/1',
      backupId: folder,
      createdAt: '2026-11-20T02:00:00Z',
      cluster: 'c',
      stores,
    })
    expect(reading).toMatchObject({
      ok: true,
      findings: [],
      manifest: { createdAt: '2026-11-20T02:00:00Z', cluster: 'c' },
    })
    expect(reading.ok && reading.manifest.entries[0]).toEqual({
      store: 'metadata',
      sha256: hash,
      sizeBytes: 1,
      holder: folder,
      object: 'metadata.enc',
      objectSizeBytes: 2,
      objectSha256: hash,
      keyId: 'k',
      keyVersion: 3,
      unsafe: null,
    })
  })

  test('what is missing or null is unknown, never zero', () => {
    expect(entry({})).toEqual(nothing)
    expect(
      entry({
        sha256: null,
        size: null,
        objectSize: null,
        objectSha256: null,
        keyId: null,
        holder: null,
        object: null,
      }),
    ).toEqual(nothing)
  })

  test.each(['hash', 'contentHash'])('%s stands for sha256', (name) => {
    expect(entry({ [name]: hash.toUpperCase() })).toEqual({ ...nothing, sha256: hash })
  })

  test.each(['backupId', 'ref', 'heldBy'])('%s stands for holder', (name) => {
    expect(entry({ [name]: 'other' })).toEqual({ ...nothing, holder: 'other' })
  })

  test('of two names the first of the list counts', () => {
    expect(entry({ hash: 'cd'.repeat(32), sha256: hash, heldBy: 'b', ref: 'a' })).toEqual({
      ...nothing,
      sha256: hash,
      holder: 'a',
    })
  })

  test('stores may be a list with names, and more than five', () => {
    const reading = read({ stores: [...kiokStores.map((name) => ({ name })), { name: 'sixth' }] })
    expect(reading.ok && [reading.findings, reading.manifest.entries.map((each) => each.store)]).toEqual([
      [],
      [...kiokStores, 'sixth'],
    ])
  })

  test('fields that nobody knows are no finding', () => {
    const stores = Object.fromEntries(kiokStores.map((name) => [name, { vendor: { x: [1] } }]))
    expect(read({ stores, vendor: true, __proto__: 1 })).toMatchObject({ ok: true, findings: [] })
  })

  test('the time is that of the id where the manifest has none that can be read', () => {
    expect(read({ stores: {}, createdAt: 'yesterday' })).toMatchObject({
      manifest: { createdAt: '2026-11-20T02:00:00Z' },
    })
    expect(timeOfBackupId('20261320T020000Z-1a2b3c4d')).toBeNull()
    expect(timeOfBackupId('20260231T020000Z-1a2b3c4d')).toBeNull()
    expect(timeOfBackupId('20280229T020000Z-1a2b3c4d')).toBe('2028-02-29T02:00:00Z')
    expect(read({ stores: {}, createdAt: '2026-02-31T02:00:00Z' })).toMatchObject({
      manifest: { createdAt: '2026-11-20T02:00:00Z' },
    })
    expect(timeOfBackupId('nightly')).toBeNull()
  })
})

describe('A manifest is not read where it', () => {
  test.each([
    ['is no JSON', '{'],
    ['is a list', []],
    ['has no stores', {}],
    ['has stores of another type', { stores: 5 }],
    ['has an entry that is no object', { stores: { iam: 'x' } }],
    ['has an entry without a name', { stores: [{ sha256: hash }] }],
    ['lists a store twice', { stores: [{ name: 'iam' }, { name: 'iam' }] }],
    ['names a backup id that is no text', { backupId: 5, stores: {} }],
  ])('%s', (_name, manifest) => {
    expect(read(manifest)).toMatchObject({
      ok: false,
      finding: { code: 'manifest.unreadable', severity: 'error' },
    })
  })

  test.each([
    { sha256: 'abc' },
    { sha256: 5 },
    { objectSha256: `${hash}00` },
    { size: -1 },
    { size: 1.5 },
    { size: '12' },
    { objectSize: 2 ** 53 },
    { holder: 5 },
    { object: ['x'] },
    { keyId: 5 },
    { keyVersion: 'x' },
  ])('has the entry %j', (value) => {
    expect(entry(value)).toBe('manifest.unreadable')
  })

  test('is of another format: a warning, and nothing more of it', () => {
    expect(read({ format: 'vendor/9', stores: 5 })).toMatchObject({
      ok: false,
      finding: { code: 'format.unknown', severity: 'warning' },
    })
    expect(read({ format: 5, stores: {} })).toMatchObject({ ok: false, finding: { code: 'format.unknown' } })
  })
})

describe('A name that could lead elsewhere makes its entry unsafe:', () => {
  test.each([
    { holder: '..' },
    { holder: '../x' },
    { holder: '/etc' },
    { holder: 'a/b' },
    { holder: 'a\\b' },
    { holder: 'a\0b' },
    { holder: '' },
    { holder: 'x'.repeat(256) },
    { object: '../manifest.json' },
    { object: '.' },
    { object: '/etc/passwd' },
  ])('%j', (value) => {
    expect(entry(value)).toMatchObject({ unsafe: expect.any(String) })
  })

  test.each([
    '..',
    '__proto__',
    'a/b',
    'a\\b',
    'a\nb',
    'a|b',
    'a:b',
    'a\ud800',
    '',
    'x'.repeat(201),
    '-x',
    '.x',
  ])('the store %j', (name) => {
    const reading = read(`{"stores":{${JSON.stringify(name)}:{}}}`)
    expect(reading.ok && reading.manifest.entries[0]).toMatchObject({ unsafe: expect.any(String) })
  })

  test('a backup id', () => {
    expect(read({ backupId: '../x', stores: {} })).toMatchObject({
      ok: true,
      findings: [{ code: 'manifest.unsafePath' }, {}],
    })
  })
})

describe('The name of a store may be any that a restore can give a file:', () => {
  test.each(['audit-log', 'audit log', 'Prüfprotokoll', '監査', '資料🔑', 'a%3Ab', '9', 'é'.repeat(100)])(
    '%j',
    (name) => {
      const reading = read(`{"stores":{${JSON.stringify(name)}:{}}}`)
      expect(reading.ok && reading.manifest.entries[0]).toMatchObject({ store: name, unsafe: null })
    },
  )
})

describe('A manifest that was made to harm', () => {
  test('with ten thousand stores is read, and says which of the five it lacks', () => {
    const stores = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`store-${index}`, {}]))
    const reading = read({ stores })
    expect(reading.ok && [reading.manifest.entries.length, reading.findings.map(({ code }) => code)]).toEqual(
      [10_000, ['manifest.incomplete']],
    )
  })

  test('with more stores than that is unreadable, as an object and as a list', () => {
    const names = Array.from({ length: 10_001 }, (_, index) => `store-${index}`)
    for (const stores of [
      Object.fromEntries(names.map((name) => [name, {}])),
      names.map((name) => ({ name })),
    ])
      expect(read({ stores })).toMatchObject({ ok: false, finding: { code: 'manifest.unreadable' } })
  })

  test('of fifty megabytes is refused by its size', () => {
    expect(readManifest(Buffer.alloc(50_000_000, 0x20), folder)).toMatchObject({
      ok: false,
      finding: { code: 'manifest.unreadable' },
    })
  })

  test('of any other kind never throws, and an entry that is read is whole', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(hash, '..', '../x', folder, -1, Infinity, '__proto__'),
    )
    const manifest = fc.record(
      {
        format: fc.oneof(fc.constant('kiok-reference/1'), value),
        backupId: fc.oneof(fc.constant(folder), value),
        createdAt: value,
        cluster: fc.oneof(fc.string(), value),
        stores: fc.oneof(
          value,
          fc.dictionary(
            fc.oneof(fc.constantFrom(...kiokStores), fc.string()),
            fc.record(
              { sha256: value, size: value, holder: value, object: value, objectSize: value, keyId: value },
              { requiredKeys: [] },
            ),
          ),
        ),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(manifest, (any) => {
        const reading = read(any)
        if (!reading.ok) expect(reading.finding.message).not.toBe('')
        for (const each of reading.ok ? reading.manifest.entries : []) {
          if (each.unsafe === null)
            expect(`${each.holder}${each.object ?? ''}${each.store}`).not.toMatch(/[/\\\0]/)
          if (each.sizeBytes !== null) expect(Number.isSafeInteger(each.sizeBytes)).toBe(true)
        }
      }),
      { numRuns: tries(500) },
    )
  })
})
