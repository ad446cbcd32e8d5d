import { describe, expect, test } from 'vitest'
import { memoryOfThisRun } from '../../../../../../src/main/engine/verify/no-memory.ts'
import { kindling } from '../../../../../../src/main/systems/kindling/kindling.ts'
import { readInfoText } from '../../../../../../src/main/systems/kindling/info-text.ts'
import { readSmall } from '../../../../../../src/main/engine/transfer/read-small.ts'
import { memoryStore } from '../../../../../fakes/memory-store.ts'
import { infoText, makePgBackRestRepository, segmentName } from '../../../../../lab/kindling.ts'
import { verifyRepository, type Said } from '../../../../../lab/verify-repository.ts'
import { chain, chainIn, differential, editManifest, flip, full, incremental, keysOf } from './fixture.ts'

const provedFull = { full: 'matches', WAL: 'matches' }
const good = (stores: Said['stores']): Said => ({ verdict: 'good', codes: [], stores })
const allGood = {
  [full]: good(provedFull),
  [differential]: good({ ...provedFull, differential: 'matches' }),
  [incremental]: good({ ...provedFull, differential: 'matches', incremental: 'matches' }),
}

describe('a chain of pgBackRest backups', () => {
  test.each([
    ['gzip', {}],
    ['no compression', { compression: 'none' }],
    ['bundles', { bundles: true }],
    ['bundles without compression', { bundles: true, compression: 'none' }],
    ['bundles of bare deflate', { bundles: true, isRaw: true }],
    ['gzip without checksums of what is stored', { recordsStored: false }],
  ] as const)('is proved to the plain bytes of every file with %s', async (_, options) => {
    const { said, objectsRead } = await verifyRepository(await chainIn(options), kindling)
    expect(said).toEqual(allGood)
    // Each object once, whatever the number of backups that refer to it; six WAL segments.
    expect(objectsRead).toBe((await keysOf(await chainIn(options), 'backup/')).length + 6 - 8)
  })

  test('is found whatever the folders of the database and those above the repository are called', async () => {
    const store = memoryStore()
    const files = {
      PG_VERSION: '15\n',
      'archive/kindling/15-1/old': 'a segment',
      'backup/own/dump': 'a dump',
    }
    await makePgBackRestRepository(store, [
      { label: full, files, wal: [2, 2], stoppedAt: '2026-11-01T02:00:09Z' },
    ])
    const above = memoryStore()
    for (const key of await keysOf(store, ''))
      await above.put(`archive/backup/${key}`, await readSmall(store, key, 1e6))
    for (const each of [store, above])
      expect((await verifyRepository(each, kindling)).said).toEqual({ [full]: good(provedFull) })
  })

  test('is read once: what is remembered answers until an object or a manifest changes', async () => {
    const store = await chainIn({ bundles: true })
    const memory = memoryOfThisRun()
    await verifyRepository(store, kindling, { memory })
    expect((await verifyRepository(store, kindling, { memory })).objectsRead).toBe(0)
    await flip(store, `${full}/bundle/1`)
    const again = await verifyRepository(store, kindling, { memory })
    expect(again.objectsRead).toBe(1)
    expect(again.said[full]?.verdict).toBe('bad')
  })

  test('a flipped byte is told by every backup that needs it, and by no other', async () => {
    for (const options of [{}, { compression: 'none' }, { recordsStored: false }] as const) {
      const store = await chainIn(options)
      await flip(store, `${differential}/pg_data/base/5/16384`)
      const { said } = await verifyRepository(store, kindling)
      const code =
        options.recordsStored === false ? 'intact plain.hashMismatch' : 'present object.hashMismatch'
      expect(said[full]).toEqual(allGood[full])
      for (const label of [differential, incremental]) {
        expect(said[label]?.verdict).toBe('bad')
        expect(said[label]?.stores['differential']).toMatch(code.split(' ')[1] ?? '')
        expect(said[label]?.stores['full']).toBe('matches')
      }
    }
  })

  test('one bad file of a bundle is of no concern to a backup that needs the others', async () => {
    const store = await chainIn({ bundles: true, compression: 'none' })
    // The rows changed after the full backup: only it needs the old ones, which end its bundle.
    await flip(store, `${full}/bundle/1`, 3 + 16_000 + 10)
    const { said } = await verifyRepository(store, kindling)
    expect(said[full]?.stores['full']).toBe('present object.hashMismatch')
    expect(said[differential]).toEqual(allGood[differential])
  })

  test('a missing file, a missing bundle and a short one break the backups that need them', async () => {
    const store = await chainIn({ bundles: true })
    await store.delete(`backup/kindling/${differential}/bundle/1`)
    const { said } = await verifyRepository(store, kindling)
    expect(said[full]?.verdict).toBe('good')
    expect(said[incremental]).toEqual({
      verdict: 'bad',
      codes: [],
      stores: {
        full: 'matches',
        differential: 'listed chain.objectMissing',
        incremental: 'matches',
        WAL: 'matches',
      },
    })
    const cut = await chainIn()
    const [key = ''] = await keysOf(cut, `${full}/pg_data/PG_VERSION`)
    await cut.put(key, Buffer.from('short'))
    expect((await verifyRepository(cut, kindling)).said[full]?.stores['full']).toBe(
      'listed object.sizeMismatch',
    )
  })

  test('where a label that others refer to is gone, they say which one', async () => {
    const store = await chainIn()
    for (const key of await keysOf(store, `${full}/`)) await store.delete(key)
    const { said, backups } = await verifyRepository(store, kindling)
    expect(said[full]?.codes).toEqual(['manifest.incomplete'])
    expect(said[differential]?.stores['full']).toBe('listed chain.holderMissing')
    const message = backups.flatMap(({ report }) => report.stores.flatMap(({ findings }) => findings))[0]
      ?.message
    expect(message).toContain(`needs files of ${full}, of which nothing is left`)
  })
})

describe('the write-ahead log', () => {
  test('with a gap inside a backup makes it useless; the others stand', async () => {
    const store = await chainIn()
    for (const key of await keysOf(store, segmentName(8))) await store.delete(key)
    const { said } = await verifyRepository(store, kindling)
    expect(said[incremental]).toMatchObject({ verdict: 'bad', stores: { WAL: 'listed chain.objectMissing' } })
    expect(said[differential]?.verdict).toBe('good')
  })

  test('with a gap behind the newest backup is a warning: a restore ends there', async () => {
    const store = await chainIn()
    const later = `archive/kindling/15-1/${segmentName(12).slice(0, 16)}/${segmentName(12)}-${'0'.repeat(40)}.gz`
    await store.put(later, Buffer.from('x'))
    const { said, backups } = await verifyRepository(store, kindling)
    expect(said[incremental]).toMatchObject({ verdict: 'warning', codes: ['format.unusual'] })
    expect(backups[0]?.report.findings[0]?.message).toContain(`lacks the WAL segment ${segmentName(10)}`)
    expect(said[full]?.verdict).toBe('good')
  })

  test('that is not what its name says, or is there twice, is an error', async () => {
    const store = await chainIn()
    await flip(store, segmentName(5), 20)
    expect((await verifyRepository(store, kindling)).said[differential]?.stores['WAL']).toMatch(
      /plain\.hashMismatch$/,
    )
    const double = await chainIn()
    const [key = ''] = await keysOf(double, segmentName(5))
    await double.put(key.replace(/-[0-9a-f]{40}/, `-${'a'.repeat(40)}`), Buffer.from('x'))
    expect((await verifyRepository(double, kindling)).said[differential]?.stores['WAL']).toContain(
      'archive.unexpectedEntry',
    )
  })

  test('cannot be found without archive.info, or with one of another database', async () => {
    const store = await chainIn()
    for (const name of ['archive.info', 'archive.info.copy']) await store.delete(`archive/kindling/${name}`)
    expect((await verifyRepository(store, kindling)).said[full]).toMatchObject({
      verdict: 'bad',
      codes: ['chain.objectMissing'],
    })
    const info = infoText({
      backrest: { 'backrest-format': '5' },
      'db:history': { '1': '{"db-id":1,"db-version":"15"}' },
    })
    await store.put('archive/kindling/archive.info', Buffer.from(info))
    expect((await verifyRepository(store, kindling)).said[full]).toMatchObject({
      verdict: 'bad',
      codes: ['manifest.disagrees'],
    })
  })
})

describe('the write-ahead log that a restore would not find', () => {
  test('is not taken as proved because archive.info is encrypted and says nothing', async () => {
    const store = await chainIn()
    for (const key of await keysOf(store, 'archive.info'))
      await store.put(key, Buffer.from('Salted__ and then noise'))
    expect((await verifyRepository(store, kindling)).said[full]).toEqual({
      verdict: 'unknown',
      codes: ['format.unknown'],
      stores: { full: 'matches' },
    })
  })

  test('is missing where a segment lies in the folder of another log', async () => {
    const store = await chainIn()
    const [key = ''] = await keysOf(store, segmentName(5))
    const segment = await readSmall(store, key, 1e6)
    await store.delete(key)
    await store.put(key.replace('/0000000100000000/', '/0000000100000001/'), segment)
    expect((await verifyRepository(store, kindling)).said[differential]).toMatchObject({
      verdict: 'bad',
      stores: { WAL: 'listed chain.objectMissing' },
    })
  })

  test('is not let off by a manifest that calls the server stopped, where backup.info names segments', async () => {
    const store = await chainIn()
    await editManifest(store, full, ({ backup, 'backup:option': option }) => {
      delete backup?.['backup-archive-start']
      delete backup?.['backup-archive-stop']
      if (option !== undefined) option['option-online'] = 'false'
    })
    expect((await verifyRepository(store, kindling)).said[full]).toMatchObject({
      verdict: 'bad',
      codes: ['manifest.disagrees'],
    })
  })

  test('is the backup’s own copy only where its manifest lists the segments', async () => {
    const own = { [`pg_wal/${segmentName(5)}`]: 'write-ahead log' }
    const files = { PG_VERSION: '15\n' }
    for (const [listed, verdict] of [
      [{ ...files, ...own }, 'warning'],
      [files, 'bad'],
    ] as const) {
      const store = memoryStore()
      await makePgBackRestRepository(store, [
        { label: full, files: listed, wal: [5, 5], stoppedAt: '2026-11-01T02:00:09Z' },
      ])
      await editManifest(store, full, ({ 'backup:option': option }) => {
        if (option !== undefined) option['option-archive-copy'] = 'true'
      })
      for (const key of await keysOf(store, segmentName(5)))
        if (key.startsWith('archive/')) await store.delete(key)
      expect((await verifyRepository(store, kindling)).said[full]?.verdict).toBe(verdict)
    }
  })
})

describe('what cannot be read here', () => {
  test('is never called good: another compression leaves the WAL unproved, though what is stored of the files is', async () => {
    const { said, backups } = await verifyRepository(await chainIn({ compression: 'zst' }), kindling)
    expect(said[full]).toEqual({
      verdict: 'unknown',
      codes: [],
      stores: { full: 'intact', WAL: 'present format.unknown' },
    })
    const database = backups.at(-1)?.report.stores.find(({ store }) => store === 'full')
    expect(database?.notProvable.find(({ level }) => level === 'matches')?.reason).toContain('zst')
  })

  test('an encrypted repository tells its labels and nothing more', async () => {
    const store = await chainIn()
    const sealed = Buffer.from('Salted__ and then noise')
    for (const key of await keysOf(store, 'backup/')) await store.put(key, sealed)
    const { said, backups } = await verifyRepository(store, kindling)
    expect(said).toEqual(
      Object.fromEntries(
        [full, differential, incremental].map((label) => [
          label,
          { verdict: 'unknown', codes: ['format.unknown'], stores: {} },
        ]),
      ),
    )
    expect(backups[0]?.report.findings[0]?.message).toContain('encrypted by pgBackRest')
  })

  test('pages that were bad in the database already are told', async () => {
    const store = memoryStore()
    await makePgBackRestRepository(store, [{ ...chain[0], isWithPageErrors: true } as (typeof chain)[number]])
    expect((await verifyRepository(store, kindling)).said[full]).toMatchObject({
      verdict: 'warning',
      codes: ['format.unusual'],
    })
  })

  test('asked for a lower level, it says no more than that', async () => {
    const { said, objectsRead } = await verifyRepository(await chainIn(), kindling, { level: 'present' })
    expect([said[full], objectsRead]).toEqual([
      { verdict: 'unknown', codes: [], stores: { full: 'present', WAL: 'present' } },
      0,
    ])
    const intact = await verifyRepository(await chainIn(), kindling, { level: 'intact' })
    expect(intact.said[full]?.stores['full']).toBe('intact')
  })
})

describe('pgBackRest’s own files', () => {
  test('that cannot be used are taken from their copies, with a warning', async () => {
    const store = await chainIn()
    await flip(store, 'backup/kindling/backup.info', 40)
    const { said } = await verifyRepository(store, kindling)
    for (const label of [full, differential, incremental])
      expect(said[label]).toMatchObject({ verdict: 'warning', codes: ['format.unusual'] })
    const manifest = await chainIn()
    await manifest.delete(`backup/kindling/${full}/backup.manifest`)
    expect((await verifyRepository(manifest, kindling)).said[full]?.verdict).toBe('warning')
  })

  test('whose checksum does not fit are unreadable, copies and all', async () => {
    const store = await chainIn()
    for (const name of ['backup.manifest', 'backup.manifest.copy'])
      await store.put(`backup/kindling/${full}/${name}`, Buffer.from('[backrest]\nbackrest-format=5\n'))
    expect((await verifyRepository(store, kindling)).said[full]).toEqual({
      verdict: 'bad',
      codes: ['manifest.unreadable'],
      stores: {},
    })
  })

  test('a manifest in the folder of another label is refused', async () => {
    const store = await chainIn()
    const pieces: Uint8Array[] = []
    for await (const piece of (await store.get(`backup/kindling/${full}/backup.manifest`)).pieces)
      pieces.push(piece)
    await store.put(`backup/kindling/${differential}/backup.manifest`, Buffer.concat(pieces))
    expect((await verifyRepository(store, kindling)).said[differential]?.codes).toEqual([
      'manifest.idMismatch',
      'manifest.disagrees',
    ])
  })

  test('a manifest that was rewritten since it was first seen is told', async () => {
    const store = await chainIn()
    const memory = memoryOfThisRun()
    await verifyRepository(store, kindling, { memory })
    const other = memoryStore()
    await makePgBackRestRepository(other, [
      { ...chain[0], files: { PG_VERSION: '15\n' } } as (typeof chain)[number],
    ])
    for (const name of ['backup.manifest', 'backup.manifest.copy']) {
      const pieces: Uint8Array[] = []
      for await (const piece of (await other.get(`backup/kindling/${full}/${name}`)).pieces)
        pieces.push(piece)
      await store.put(`backup/kindling/${full}/${name}`, Buffer.concat(pieces))
    }
    expect((await verifyRepository(store, kindling, { memory })).said[full]?.codes).toEqual([
      'object.changed',
    ])
  })

  test('labels that backup.info does not list are left over, unless a listed one needs them', async () => {
    const store = await chainIn()
    await store.put('backup/kindling/20261104-020000F/backup.manifest.copy', Buffer.from('begun'))
    await store.put('backup/kindling/20261104-020000F/pg_data/base/1/1.gz', Buffer.from('begun'))
    const inventory = await kindling.readInventory(store, {
      remembered: () => null,
      facts: () => null,
      saw: () => {},
    })
    expect(inventory.backups.map(({ backupId }) => backupId)).toEqual([incremental, differential, full])
    expect(inventory.orphans?.map(({ name, objects }) => [name, objects.length])).toEqual([
      ['20261104-020000F', 2],
    ])
  })

  test('two stanzas with the same label have two ids', async () => {
    const store = await chainIn()
    await makePgBackRestRepository(store, chain.slice(0, 1), { stanza: 'other' })
    const { said } = await verifyRepository(store, kindling)
    expect(Object.keys(said).sort()).toEqual([differential, incremental, `kindling:${full}`, `other:${full}`])
  })

  test('a label is not restored as files: the refusal says what does it', async () => {
    const { backups, evidence } = await verifyRepository(await chainIn(), kindling)
    expect(() => backups[0]?.backup.restoreItems(evidence)).toThrow(/pgbackrest restore/)
  })
})

describe('A manifest that was made to harm, its checksum included:', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const file = { size: 4, checksum: 'a'.repeat(40), timestamp: 0 }
  const named = (name: string, fields: object = {}) => ({
    'target:file': { [name]: JSON.stringify({ ...file, ...fields }) },
  })
  const bare = (section: string, name: string, value: string) => ({ [section]: { [name]: value } })
  const rows: readonly (readonly [string, Readonly<Record<string, Readonly<Record<string, string>>>>, string])[] = [
    ['a name that leads elsewhere', named('pg_data/../../x'), 'manifest.unsafePath'],
    ['an absolute name', named('/etc/passwd'), 'manifest.unsafePath'],
    ['a name with a dot', named('pg_data/./x'), 'manifest.unsafePath'],
    ['a name without an end', named('pg_data/'), 'manifest.unsafePath'],
    ['a label that leads elsewhere', named('x', { reference: '../x' }), 'manifest.unsafePath'],
    ['a label that is none', named('x', { reference: '__proto__' }), 'manifest.unsafePath'],
    ['a name of a prototype', named('__proto__'), 'chain.objectMissing'],
    ['a name with NUL', named('pg_data/a\0b'), 'chain.objectMissing'],
    ['a size below zero', named('x', { size: -1 }), 'manifest.unreadable'],
    ['a size as text', named('x', { size: '4' }), 'manifest.unreadable'],
    ['an endless size', bare('target:file', 'x', '{"size":1e309}'), 'manifest.unreadable'],
    ['a place of half a byte', named('x', { bni: 1, bno: 0.5 }), 'manifest.unreadable'],
    ['a checksum that is none', named('x', { checksum: 'x' }), 'manifest.unreadable'],
    ['a file that is a list', bare('target:file', 'x', '[]'), 'manifest.unreadable'],
    ['a file without a bottom', bare('target:file', 'x', deep), 'manifest.unreadable'],
    ['another label', bare('backup', 'backup-label', '"../x"'), 'manifest.unreadable'],
    ['a time that is none', bare('backup', 'backup-timestamp-stop', '"now"'), 'manifest.unreadable'],
    ['a time beyond all times', bare('backup', 'backup-timestamp-stop', '9007199254740991'), 'manifest.unreadable'],
    ['a time before all times', bare('backup', 'backup-timestamp-stop', '-9007199254740991'), 'manifest.unreadable'],
    ['a compression that is none', bare('backup:option', 'option-compress-type', '"__proto__"'), 'manifest.unreadable'],
    ['a segment that is none', bare('backup', 'backup-archive-stop', '"../x"'), 'manifest.unreadable'],
    ['a database that is a pattern', bare('backup:db', 'db-system-id', '"("'), 'manifest.unreadable'],
    ['a database that is any', bare('backup:db', 'db-system-id', '".*"'), 'manifest.unreadable'],
  ] // prettier-ignore
  test.each(rows)('%s', async (_name, harm, code) => {
    const store = await chainIn()
    await editManifest(store, full, (sections) => {
      for (const [name, values] of Object.entries(harm)) sections[name] = { ...sections[name], ...values }
    })
    const { said } = await verifyRepository(store, kindling)
    const { verdict, codes = [], stores = {} } = said[full] ?? {}
    expect(verdict).toBe('bad')
    expect([...codes, ...Object.values(stores)].join(' ')).toContain(code)
    expect(said[differential]?.verdict).toBe('good')
  })

  test.each(['../x', '/etc', '__proto__', '--help', 'x y'])(
    'a label %j that backup.info lists is no backup that could be restored',
    async (label) => {
      const store = await chainIn()
      const key = 'backup/kindling/backup.info'
      const reading = readInfoText(await readSmall(store, key, 1e6))
      if (!reading.ok) throw new Error(reading.reason)
      const sections = Object.fromEntries(
        [...reading.info.sections].map(([name, values]) => [name, Object.fromEntries(values)]),
      )
      delete sections['backrest']?.['backrest-checksum']
      sections['backup:current'] = { ...sections['backup:current'], [label]: '{}' }
      await store.put(key, Buffer.from(infoText(sections)))
      const { said } = await verifyRepository(store, kindling)
      expect(said[label]).toEqual({ verdict: 'bad', codes: ['manifest.incomplete'], stores: {} })
      expect(said[full]).toEqual(allGood[full])
    },
  )
})
