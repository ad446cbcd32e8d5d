import { describe, expect, test } from 'vitest'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import { memoryOfThisRun } from '../../../../../src/main/engine/verify/no-memory.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { armada } from '../../../../../src/main/systems/armada/armada.ts'
import { endRecord, putRecord } from '../../../../../src/main/systems/armada/record-writer.ts'
import { manifestBytes } from '../../../../../src/main/systems/armada/writer.ts'
import { createHash } from 'node:crypto'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { makeArmadaBackup, makeArmadaRepository, type ArmadaLab } from '../../../../lab/armada.ts'
import { verifyRepository, type VerifyLabOptions } from '../../../../lab/verify-repository.ts'
import { fileOf } from './fixture.ts'

const lab: ArmadaLab = { seed: 'tests', tables: { a: 12, b: 7 } }
const at = '2026-11-20T02:00:00Z'

async function oneBackup(overrides: Partial<ArmadaLab> = {}): Promise<ObjectStore> {
  const store = memoryStore()
  await makeArmadaBackup('one', at, { ...lab, ...overrides }, store)
  return store
}

async function said(store: ObjectStore, options: VerifyLabOptions = {}) {
  return (await verifyRepository(store, armada, options)).said['one']
}

async function edit(store: ObjectStore, key: string, change: (text: string) => string): Promise<void> {
  await store.put(
    key,
    Buffer.from(change(Buffer.from(await readSmall(store, key, 1e7)).toString('latin1')), 'latin1'),
  )
}

/** A backup of one table whose file is these bytes, with a manifest that agrees. */
async function backupOf(file: Uint8Array, version: 1 | 2 = 1, table = 't'): Promise<ObjectStore> {
  const store = memoryStore()
  const md5 = createHash('md5').update(file).digest('hex')
  await store.put('one/t.bak', file)
  const tables = [{ table, fileName: 't.bak', md5 }]
  await store.put('one/manifest.json', manifestBytes({ startedAt: at, finishedAt: at, version, tables }))
  return store
}

const put = (key: string, table = 't'): Uint8Array =>
  putRecord({ table, key: Buffer.from(key), value: Buffer.from('v') })

describe('A repository of armada', () => {
  test('is told folder by folder, newest first', async () => {
    const store = memoryStore()
    await makeArmadaRepository(store)
    await store.put('snapshots/t/full/1.snap', Buffer.from('no backup'))
    const { said: all, backups } = await verifyRepository(store, armada)
    const good = { accounts: 'wellFormed', limits: 'wellFormed', sessions: 'wellFormed' }
    expect(backups.map(({ backup }) => [backup.backupId, backup.createdAt])).toEqual([
      ['26-11-20-02-00', '2026-11-20T02:00:07Z'],
      ['20261119T020000Z', '2026-11-19T02:00:00Z'],
      ['20261118T020000Z', '2026-11-18T02:00:00Z'],
      ['20261117T020000Z', '2026-11-17T02:00:00Z'],
    ])
    expect(all).toEqual({
      '26-11-20-02-00': { verdict: 'good', codes: [], stores: good },
      '20261119T020000Z': {
        verdict: 'bad',
        codes: [],
        stores: { ...good, sessions: 'present object.hashMismatch archive.malformed' },
      },
      '20261118T020000Z': { verdict: 'warning', codes: ['backup.empty'], stores: good },
      '20261117T020000Z': { verdict: 'good', codes: [], stores: good },
    })
  })

  test('tells what the levels between cannot prove, and what the bytes were held against', async () => {
    const { backups } = await verifyRepository(await oneBackup(), armada)
    expect(backups[0]?.report.stores[0]).toMatchObject({
      store: 'a',
      holder: 'one',
      object: 'a.bak',
      key: 'one/a.bak',
      levelReached: 'wellFormed',
      intactBy: "the manifest's MD5 and the SHA-256 in holdfast.json",
      notProvable: [
        { level: 'decrypts', reason: 'armada does not seal its backups: there is nothing to decrypt' },
        { level: 'matches', reason: 'the manifest records no hash of what the file holds' },
      ],
    })
  })

  test('is read as far as is asked for', async () => {
    const store = await oneBackup()
    const stores = (level: string) => ({ a: level, b: level })
    expect(await said(store, { level: 'present' })).toEqual({
      verdict: 'unknown',
      codes: [],
      stores: stores('present'),
    })
    expect(await said(store, { level: 'intact' })).toEqual({
      verdict: 'unknown',
      codes: [],
      stores: stores('intact'),
    })
    expect(await said(store, { level: 'matches' })).toEqual({
      verdict: 'unknown',
      codes: [],
      stores: stores('intact'),
    })
    expect(await said(store, { reading: 'rememberedOnly' })).toMatchObject({ verdict: 'unknown' })
  })

  test('is remembered: what was read before is not read again', async () => {
    const store = await oneBackup()
    const memory = memoryOfThisRun()
    expect((await verifyRepository(store, armada, { memory })).objectsRead).toBe(2)
    const again = await verifyRepository(store, armada, { memory })
    expect(again.objectsRead).toBe(0)
    expect(again.said['one']?.verdict).toBe('good')
  })

  test('is read again where the MD5 was not computed before: the manifest has nothing else', async () => {
    const store = await oneBackup()
    const memory = memoryOfThisRun()
    await verifyRepository(store, armada, { memory })
    for (const key of ['one/a.bak', 'one/b.bak']) {
      const known = memory.facts(key)
      if (known === null) throw new Error('Nothing is remembered.')
      const { md5, ...facts } = known
      expect(md5).toMatch(/^[0-9a-f]{32}$/)
      memory.remember(key, facts)
    }
    expect((await verifyRepository(store, armada, { memory })).objectsRead).toBe(2)
  })
})

describe('A damaged armada backup', () => {
  test('is bad for every byte that is turned, cut off or added', async () => {
    const store = await oneBackup({ tables: { a: 1 }, scheduled: true })
    const file = Uint8Array.from(await readSmall(store, 'one/a.bak', 1e6))
    const verdicts = new Set<string | undefined>()
    const tried = async (bytes: Uint8Array): Promise<void> => {
      await store.put('one/a.bak', bytes)
      verdicts.add((await said(store))?.verdict)
    }
    for (let place = 0; place < file.byteLength; place += 1) {
      const turned = Uint8Array.from(file)
      turned[place] = (turned[place] ?? 0) ^ 0x20
      await tried(turned)
      await tried(file.subarray(0, place))
    }
    await tried(Buffer.concat([file, Buffer.from([0])]))
    expect([...verdicts]).toEqual(['bad'])
  })

  test.each([
    ['a table’s file is gone', 'one/a.bak', null, 'listed chain.objectMissing'],
    ['the MD5 is in capitals', 'one/manifest.json', upperMd5, 'present object.hashMismatch'],
    [
      'the MD5 is missing',
      'one/manifest.json',
      (text: string) => text.replace(/,"md5":"\w+"/, ''),
      'present object.hashMismatch',
    ],
    [
      'the file’s name leads elsewhere',
      'one/manifest.json',
      (text: string) => text.replace('"a.bak"', '"../a.bak"'),
      'listed manifest.unsafePath',
    ],
  ])('says so where %s', async (_, key, change, expected) => {
    const store = await oneBackup({ scheduled: true })
    if (change === null) await store.delete(key)
    else await edit(store, key, change)
    expect(await said(store)).toEqual({ verdict: 'bad', codes: [], stores: { a: expected, b: 'wellFormed' } })
  })

  test('is told once where the size says it already', async () => {
    const store = await oneBackup()
    await store.put('one/a.bak', (await readSmall(store, 'one/a.bak', 1e6)).subarray(0, -9))
    expect((await said(store))?.stores).toEqual({
      a: 'listed object.sizeMismatch archive.truncated',
      b: 'wellFormed',
    })
  })

  test('is changed where file and manifest were rewritten together', async () => {
    const memory = memoryOfThisRun()
    const store = await backupOf(await fileOf(put('a')))
    expect((await said(store, { memory }))?.verdict).toBe('good')
    const other = await backupOf(await fileOf(put('b')))
    for (const key of ['one/t.bak', 'one/manifest.json'])
      await store.put(key, await readSmall(other, key, 1e6))
    expect(await said(store, { memory })).toEqual({
      verdict: 'bad',
      codes: ['object.changed'],
      stores: { t: 'present object.changed' },
    })
  })
})

describe('The file of a table', () => {
  test.each([
    ['of another table', async () => fileOf(put('a', 'u')), 1, 'intact archive.malformed', 'bad'],
    ['of two tables', async () => fileOf(put('a'), put('b', 'u')), 1, 'intact archive.malformed', 'bad'],
    ['of no table', async () => fileOf(put('a', '')), 1, 'wellFormed format.unusual', 'warning'],
    ['out of order', async () => fileOf(put('b'), put('a')), 1, 'wellFormed format.unusual', 'warning'],
    ['with a key twice', async () => fileOf(put('a'), put('a')), 1, 'wellFormed format.unusual', 'warning'],
    ['of the newer form', async () => fileOf(put('a'), endRecord('t', 5n)), 2, 'wellFormed', 'good'],
    ['of the newer form without its end', async () => fileOf(put('a')), 2, 'intact archive.truncated', 'bad'],
    ['of the newer form without a byte', async () => new Uint8Array(), 2, 'intact archive.truncated', 'bad'],
    [
      'of the newer form under an older manifest',
      async () => fileOf(put('a'), endRecord('t', 5n)),
      1,
      'wellFormed format.unusual',
      'warning',
    ],
    ['that is gzip', async () => Uint8Array.of(0x1f, 0x8b, 8, 0), 1, 'intact archive.malformed', 'bad'],
    [
      'that is sealed',
      async () => Buffer.from('KBE1 and so on, sealed'),
      1,
      'intact archive.malformed',
      'bad',
    ],
    ['that begins as if it were sealed', async () => Buffer.from('KB'), 1, 'intact archive.malformed', 'bad'],
  ] as const)('%s is told as such', async (_, file, version, expected, verdict) => {
    expect(await said(await backupOf(await file(), version))).toEqual({
      verdict,
      codes: [],
      stores: { t: expected },
    })
  })

  test('that ends a newer, empty table says that there is nothing', async () => {
    expect(await said(await backupOf(await fileOf(endRecord('t', 5n)), 2))).toEqual({
      verdict: 'warning',
      codes: ['backup.empty'],
      stores: { t: 'wellFormed' },
    })
  })
})

describe('A backup without a table', () => {
  test('is empty, whatever level is asked for', async () => {
    const store = await oneBackup({ tables: {}, scheduled: true })
    const empty = { verdict: 'warning', codes: ['backup.empty'], stores: {} }
    expect(await said(store)).toEqual(empty)
    expect(await said(store, { level: 'present' })).toEqual(empty)
  })
})

describe('What this console recorded beside a manifest', () => {
  const sidecar = 'one/holdfast.json'

  test.each([
    ['a table could not be reported', { statusErrors: ['c: no leader'] }, 'manifest.incomplete'],
    ['an error names no table', { statusErrors: ['everything failed'] }, 'manifest.incomplete'],
  ])('makes the backup incomplete where %s', async (_, overrides, code) => {
    expect(await said(await oneBackup(overrides))).toMatchObject({ verdict: 'bad', codes: [code] })
  })

  test('does not where the table of the error is there', async () => {
    expect((await said(await oneBackup({ statusErrors: ['a: it came late: but it came'] })))?.verdict).toBe(
      'good',
    )
  })

  test('finds a manifest that was cut down, or grew', async () => {
    const store = await oneBackup()
    await edit(store, 'one/manifest.json', (text) => text.replace(/,\{"name":"b".*?\}/, ''))
    expect(await said(store)).toEqual({
      verdict: 'bad',
      codes: ['manifest.incomplete'],
      stores: { a: 'wellFormed' },
    })
    const other = await oneBackup()
    await edit(other, sidecar, (text) => text.replace('"b":', '"c":'))
    expect((await said(other))?.codes).toEqual(['manifest.incomplete', 'manifest.disagrees'])
  })

  test.each([
    [
      'another hash',
      (text: string) => text.replace(/"sha256": "../, '"sha256": "00'),
      'present object.hashMismatch',
    ],
    [
      'another count',
      (text: string) => text.replace('"keys": 12', '"keys": 13'),
      'intact manifest.disagrees',
    ],
  ])('finds %s', async (_, change, expected) => {
    const store = await oneBackup()
    await edit(store, sidecar, change)
    expect(await said(store)).toEqual({ verdict: 'bad', codes: [], stores: { a: expected, b: 'wellFormed' } })
  })

  test('that cannot be read is told, and does not keep the tables from being proved', async () => {
    const store = await oneBackup()
    const stores = { a: 'wellFormed', b: 'wellFormed' }
    await store.put(sidecar, Buffer.from('{'))
    expect(await said(store)).toEqual({ verdict: 'bad', codes: ['manifest.unreadable'], stores })
    await store.put(sidecar, Buffer.from('{"format":"holdfast-armada/9"}'))
    expect(await said(store)).toEqual({ verdict: 'unknown', codes: ['format.unknown'], stores })
  })

  test('with a hundred thousand errors tells some of them one by one', async () => {
    const statusErrors = Array.from({ length: 100_000 }, () => '')
    const { verdict, codes } = (await said(await oneBackup({ statusErrors }))) ?? {}
    expect([verdict, codes]).toEqual(['bad', Array.from({ length: 21 }, () => 'manifest.incomplete')])
  })
})

describe('A manifest', () => {
  test('that leaves out a table whose file lies beside it is told, where no sidecar tells it', async () => {
    const store = await oneBackup({ scheduled: true })
    await edit(store, 'one/manifest.json', (text) => text.replace(/,\{"name":"b"[^}]*\}/, ''))
    const report = await said(store)
    expect(report).toEqual({ verdict: 'warning', codes: ['format.unusual'], stores: { a: 'wellFormed' } })
    expect((await said(await oneBackup({ scheduled: true })))?.verdict).toBe('good')
  })

  test('that cannot be read leaves nothing to judge; the folder tells the time', async () => {
    const store = memoryStore()
    await makeArmadaBackup('26-11-20-02-00', at, { ...lab, scheduled: true }, store)
    await store.put('26-11-20-02-00/manifest.json', Buffer.from('{"tables":'))
    const { said: all, backups } = await verifyRepository(store, armada)
    expect(all['26-11-20-02-00']).toEqual({ verdict: 'bad', codes: ['manifest.unreadable'], stores: {} })
    expect(backups[0]?.backup.createdAt).toBe('2026-11-20T02:00:00Z')
  })

  test('of more than 4 MiB is not read', async () => {
    const store = await oneBackup()
    await store.put('one/manifest.json', new Uint8Array(4 * 1024 * 1024 + 1).fill(32))
    expect(await said(store)).toEqual({ verdict: 'bad', codes: ['manifest.unreadable'], stores: {} })
  })

  test('of another format leaves the question open', async () => {
    const store = await oneBackup()
    await edit(store, 'one/manifest.json', (text) => text.replace('{', '{"format":"armada-command-v3",'))
    expect(await said(store)).toEqual({ verdict: 'unknown', codes: ['format.unknown'], stores: {} })
  })
})

function upperMd5(text: string): string {
  return text.replace(/"md5":"(\w+)"/, (_, md5: string) => `"md5":"${md5.toUpperCase()}"`)
}
