import { describe, expect, test } from 'vitest'
import { kiseki } from '../../../../../src/main/systems/kiseki/kiseki.ts'
import { memoryOfThisRun } from '../../../../../src/main/engine/verify/no-memory.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { kisekiShards, kisekiTar, makeKisekiSnapshot } from '../../../../lab/kiseki.ts'
import { verifyRepository, type Said, type VerifyLabOptions } from '../../../../lab/verify-repository.ts'
import { at, oneSnapshot } from './fixture.ts'

async function saidOf(
  change: Parameters<typeof oneSnapshot>[0],
  options: VerifyLabOptions = {},
): Promise<Said | undefined> {
  const { store, backupId } = await oneSnapshot(change)
  const { said } = await verifyRepository(store, kiseki, options)
  return said[backupId]
}

const good: Said = { verdict: 'good', codes: [], stores: { shards: 'wellFormed' } }
const spoilt = (codes: readonly string[], shards: string): Said => ({
  verdict: 'bad',
  codes,
  stores: { shards },
})
const unusual = { verdict: 'warning', codes: ['format.unusual'], stores: { shards: 'wellFormed' } } as const

describe('a snapshot of kiseki', () => {
  test('is good where tar and manifest agree to the last byte', async () => {
    expect(await saidOf({})).toEqual(good)
    expect(await saidOf({ shards: kisekiShards('metadata only', 200, 0) })).toEqual(good)
  })

  test('says why two levels cannot be proved', async () => {
    const { store } = await oneSnapshot()
    const { backups } = await verifyRepository(store, kiseki)
    expect(backups[0]?.report.stores[0]?.notProvable.map(({ level }) => level)).toEqual([
      'intact',
      'decrypts',
      'matches',
    ])
  })

  test('is intact from the second sight on, and changed where it is another one then', async () => {
    const { store, backupId } = await oneSnapshot()
    const memory = memoryOfThisRun()
    await verifyRepository(store, kiseki, { memory })
    const remembered = await verifyRepository(store, kiseki, { memory })
    expect(remembered.backups[0]?.report.stores[0]?.notProvable[0]?.reason).toMatch(/read once/)
    const again = await verifyRepository(store, kiseki, {
      memory,
      reading: 'everything',
      at: '2026-11-21T12:00:00Z',
    })
    expect(again.backups[0]?.report.stores[0]).toMatchObject({
      intactBy: expect.stringMatching(/read first, on 2026-11-20/),
      notProvable: [{ level: 'decrypts' }, { level: 'matches' }],
    })
    // Inside a shard, where no checksum of the format lies.
    const { tar } = makeKisekiSnapshot({ seed: 'tests', at, shards: kisekiShards('tests', 3, 700) })
    tar[1024 + 600] = (tar[1024 + 600] ?? 0) ^ 1
    await store.put(`${backupId}/snapshot.tar`, tar)
    const changed = await verifyRepository(store, kiseki, { memory })
    expect(changed.said[backupId]).toEqual(spoilt([], 'present object.changed'))
  })

  test('whose manifest is another one than first seen is changed', async () => {
    const { store, backupId } = await oneSnapshot()
    const memory = memoryOfThisRun()
    await verifyRepository(store, kiseki, { memory })
    const { manifest } = makeKisekiSnapshot({ seed: 'tests', at, shards: [] })
    await store.put(`${backupId}/manifest.json`, manifest)
    const { said } = await verifyRepository(store, kiseki, { memory })
    expect(said[backupId]?.codes).toEqual(['object.changed', 'manifest.disagrees'])
  })

  test('of nothing is empty, and only where tar and manifest both say so', async () => {
    expect(await saidOf({ shards: [] })).toEqual({
      verdict: 'warning',
      codes: ['backup.empty'],
      stores: { shards: 'wellFormed' },
    })
    expect(await saidOf({ tar: () => kisekiTar([]) })).toEqual(spoilt(['manifest.disagrees'], 'present'))
    expect(
      await saidOf({ shards: [], tar: () => kisekiTar([{ name: 's.meta.json', bytes: Buffer.from('{}') }]) }),
    ).toEqual(spoilt(['manifest.disagrees'], 'present'))
  })

  test('with other entries is read: kiseki skips them, and they are listed', async () => {
    const tar = kisekiTar([
      { name: 's.meta.json', bytes: Buffer.from('{}') },
      { name: 'notes.txt', bytes: Buffer.from('hello') },
      { name: 'a/b.meta.json', bytes: Buffer.from('{"a":1}') },
    ])
    const numbers = (text: string) =>
      text.replace(/"shard_count.*"data_bytes":\d+/, '"shard_count":2,"metadata_bytes":9,"data_bytes":0')
    const { store, backupId } = await oneSnapshot({ tar: () => tar, manifest: numbers })
    const { said, backups } = await verifyRepository(store, kiseki)
    expect(said[backupId]).toEqual(good)
    const listed: string[] = []
    const contents = backups[0]?.backup.listContents?.(pieces, pieces)
    async function* pieces(key: string) {
      yield* (await store.get(key)).pieces
    }
    for await (const { path } of contents ?? []) listed.push(path)
    expect(listed).toEqual(['s.meta.json', 'notes.txt', 'a/b.meta.json'])
  })

  test('without its tar has no contents', async () => {
    expect(await saidOf({ tar: () => null })).toEqual(spoilt([], 'listed chain.objectMissing'))
  })

  test('whose counts differ disagrees, whichever count it is', async () => {
    for (const name of ['shard_count', 'metadata_bytes', 'data_bytes']) {
      const manifest = (text: string) =>
        text.replace(new RegExp(`"${name}":(\\d+)`), (_, number) => `"${name}":${Number(number) + 1}`)
      expect([name, await saidOf({ manifest })]).toEqual([name, spoilt(['manifest.disagrees'], 'present')])
    }
  })

  test('with data and no metadata disagrees, though the sums are right', async () => {
    const tar = kisekiTar([
      { name: 'a.meta.json', bytes: Buffer.from('{}') },
      { name: 'b.data', bytes: Buffer.from('data') },
    ])
    const manifest = (text: string) =>
      text.replace(/"shard_count.*"data_bytes":\d+/, '"shard_count":1,"metadata_bytes":2,"data_bytes":4')
    expect(await saidOf({ tar: () => tar, manifest })).toEqual(spoilt(['manifest.disagrees'], 'present'))
  })

  test('cut anywhere is truncated and nothing else, also where kiseki itself would notice nothing', async () => {
    for (const sizeBytes of [0, 1, 511, 512, 1024, 1536, 3000]) {
      expect([sizeBytes, await saidOf({ tar: (tar) => tar.subarray(0, sizeBytes) })]).toEqual([
        sizeBytes,
        spoilt([], 'present archive.truncated'),
      ])
    }
    expect(await saidOf({ tar: (tar) => tar.subarray(0, -512) })).toEqual(
      spoilt([], 'present archive.truncated'),
    )
    expect(await saidOf({ shards: [], tar: () => new Uint8Array() })).toEqual(
      spoilt([], 'present archive.truncated'),
    )
  })

  test('with zeros behind its end is unusual; with anything else it is malformed', async () => {
    const with1 = (tail: Uint8Array) => (tar: Uint8Array) => Buffer.concat([tar, tail])
    expect(await saidOf({ tar: with1(Buffer.alloc(8192)) })).toEqual({
      verdict: 'warning',
      codes: [],
      stores: { shards: 'wellFormed format.unusual' },
    })
    expect(await saidOf({ tar: with1(Buffer.from('x')) })).toEqual(spoilt([], 'present archive.malformed'))
  })

  test('with a bent header is malformed', async () => {
    const tar = (bytes: Uint8Array) => {
      bytes[3] = (bytes[3] ?? 0) ^ 1
      return bytes
    }
    expect(await saidOf({ tar })).toEqual(spoilt([], 'present archive.malformed'))
  })

  test('with names that lead elsewhere, or a name twice, is refused by their own codes', async () => {
    const entries =
      (...names: readonly string[]) =>
      () =>
        kisekiTar(names.map((name) => ({ name, bytes: Buffer.from('{}') })))
    const codes = async (tar: () => Uint8Array) => (await saidOf({ tar }))?.stores['shards']
    expect(await codes(entries('../a.meta.json'))).toBe('present archive.unsafePath')
    expect(await codes(entries('/etc/a.meta.json'))).toBe('present archive.unsafePath')
    expect(await codes(entries('a.meta.json', 'a.meta.json'))).toBe('present archive.malformed')
  })

  test('that begins like an envelope is not opened as one', async () => {
    const tar = kisekiTar([{ name: 'KBE1.meta.json', bytes: Buffer.from('{}') }])
    expect((await saidOf({ tar: () => tar }))?.stores['shards']).toBe('present envelope.unknown')
  })

  test('asked only for a lower level is unknown, never good', async () => {
    expect(await saidOf({}, { level: 'present' })).toEqual({
      verdict: 'unknown',
      codes: [],
      stores: { shards: 'present' },
    })
    expect((await saidOf({}, { level: 'matches' }))?.verdict).toBe('unknown')
  })
})

describe('the manifest', () => {
  test('is read as JSON in any form, and said to be one that kiseki itself does not find', async () => {
    const forms = [
      (text: string) => JSON.stringify(JSON.parse(text), null, 2),
      (text: string) => text.replace('"shard_count":3', '"shard_count":0.3e1'),
      (text: string) => text.replace('"snapshot_id":"2', '"snapshot_id":"\\u0032'),
      (text: string) => text.replace('{', '{"note":{"shard_count":7},'),
    ]
    for (const manifest of forms)
      expect([String(manifest), await saidOf({ manifest })]).toEqual([String(manifest), unusual])
    expect(await saidOf({ manifest: (text) => `\ufeff${text}\n` })).toEqual(good)
    expect(await saidOf({ manifest: (text) => text.replace('}', ',"more":[1]}') })).toEqual(good)
  })

  test('that is no JSON object of its kind is unreadable', async () => {
    const forms = [
      () => '',
      () => '[]',
      () => '{}',
      (text: string) => text.replace('"shard_count":3', '"shard_count":"3"'),
      (text: string) => text.replace('"shard_count":3', '"shard_count":-3'),
      (text: string) => text.replace('"shard_count":3', '"shard_count":3,"shard_count":3'),
      (text: string) => text.replace('"data_bytes":2100', '"data_bytes":18446744073709551615'),
      (text: string) => text.replace(/"created_at":"[^"]*"/, '"created_at":null'),
      () => Uint8Array.of(0xff, 0xfe),
    ]
    for (const manifest of forms) {
      expect([String(manifest), await saidOf({ manifest })]).toEqual([
        String(manifest),
        spoilt(['manifest.unreadable'], 'present'),
      ])
    }
  })

  test('of another snapshot or another time does not belong here', async () => {
    const other = (text: string) => text.replace(/-(\w{8})-/, '-00000000-')
    expect(await saidOf({ manifest: other })).toEqual(spoilt(['manifest.idMismatch'], 'present'))
    const later = (text: string) => text.replace(/"created_at":"2026/, '"created_at":"2027')
    expect(await saidOf({ manifest: later })).toEqual(spoilt(['manifest.idMismatch'], 'present'))
  })

  test('with a month or a day 00 is warned of: it ends the server at its next clean-up', async () => {
    for (const zero of ['2026-00-10T06:00:00Z', '2026-11-00T06:00:00Z']) {
      const { store, backupId } = await oneSnapshot({ at: zero })
      const { said, backups } = await verifyRepository(store, kiseki)
      expect(said[backupId]).toEqual(unusual)
      expect(backups[0]?.backup.createdAt).toBeNull()
    }
  })

  test('longer than any manifest is not read', async () => {
    const manifest = (text: string) => text.replace('}', `,"note":"${'x'.repeat(5_000_000)}"}`)
    expect((await saidOf({ manifest }))?.codes).toEqual(['manifest.unreadable'])
  })
})

describe('the inventory', () => {
  test('takes folders that are named like a snapshot and have a manifest, and nothing else', async () => {
    const { store, backupId } = await oneSnapshot()
    const orphan = makeKisekiSnapshot({ seed: 'orphan', at, shards: [] })
    await store.put(`${orphan.backupId}/snapshot.tar`, orphan.tar)
    for (const key of ['manifest.json', 'other/manifest.json', `deep/${backupId}/manifest.json`, 'notes.txt'])
      await store.put(key, Buffer.from('{}'))
    await store.put('backup-20260423-001/manifest.json', orphan.manifest)
    const { backups } = await kiseki.readInventory(store, inventoryOptions)
    expect(backups.map((backup) => backup.backupId)).toEqual([backupId])
  })

  test('takes %3A in a name for a colon; where both stand, the colon counts', async () => {
    const { store, backupId } = await oneSnapshot({ folder: (id) => id.replaceAll(':', '%3A') })
    const { said, backups } = await verifyRepository(store, kiseki)
    expect(said[backupId]).toEqual(good)
    expect(backups[0]?.backup.alsoNamed).toEqual([backupId.replaceAll(':', '%3A')])
    const { tar, manifest } = makeKisekiSnapshot({ seed: 'tests', at, shards: [] })
    await store.put(`${backupId}/snapshot.tar`, tar)
    await store.put(`${backupId}/manifest.json`, manifest)
    const both = await verifyRepository(store, kiseki)
    expect(Object.keys(both.said)).toEqual([backupId])
    expect(both.said[backupId]?.codes).toEqual(['backup.empty'])
  })

  test('lists newest first, whatever the order of the ids; without a time comes last', async () => {
    const store = memoryStore()
    const times = [
      '2026-11-10T06:00:00Z',
      '2026-00-11T06:00:00Z',
      '2026-11-12T06:00:00Z',
      '12026-01-01T00:00:00Z',
    ]
    for (const time of times) {
      const { backupId, tar, manifest } = makeKisekiSnapshot({ seed: time, at: time, shards: [] })
      await store.put(`${backupId}/snapshot.tar`, tar)
      await store.put(`${backupId}/manifest.json`, manifest)
    }
    const { backups } = await kiseki.readInventory(store, inventoryOptions)
    expect(backups.map(({ createdAt }) => createdAt)).toEqual([
      '2026-11-12T06:00:00Z',
      '2026-11-10T06:00:00Z',
      null,
      null,
    ])
  })
})

const inventoryOptions = { remembered: () => null, facts: () => null, saw: () => {} }
