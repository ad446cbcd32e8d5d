import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { treeDigest, type TreeFile } from '../../../../../src/main/engine/tree-digest.ts'
import type { Evidence, InventoryBackup } from '../../../../../src/main/ports/backup-system.ts'
import { chango } from '../../../../../src/main/systems/chango/chango.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import {
  folderEntry,
  makeChangoArchive,
  packed,
  textEntry,
  type ChangoLab,
  type LabEntry,
} from '../../../../lab/chango.ts'
import { endOfTar, gzipped, inPieces, rawFile } from '../../../../lab/raw-tar.ts'

const older: ChangoLab = { dialect: 1, seed: 'restore', when: '2026-05-30T02:00:00Z', patches: 2 }

async function listed(...keys: string[]): Promise<readonly InventoryBackup[]> {
  const store = memoryStore()
  for (const key of keys) await store.put(key, new Uint8Array(3))
  return (await chango.readInventory(store, { remembered: () => null, facts: () => null, saw: () => {} }))
    .backups
}

async function only(key: string): Promise<InventoryBackup> {
  const [backup] = await listed(key)
  if (backup === undefined) throw new Error('The inventory is empty.')
  return backup
}

async function evidenceOf(pieces: AsyncIterable<Uint8Array>): Promise<Evidence> {
  const version = { sizeBytes: 3, etag: null, modifiedAt: null, versionId: null }
  const content = await chango.walker?.walk(pieces, chango.walker.options)
  const facts = {
    version,
    readAt: '',
    sizeBytes: 3,
    sha256: '',
    beginning: 'gzip',
    envelope: null,
    content,
    walk: null,
  } as const
  return {
    level: 'wellFormed',
    levelAskedFor: false,
    masterKeys: [],
    pin: null,
    object: () => ({ kind: 'read', facts, before: null, remembered: false }),
    beginning: () => null,
    hasOpenedSibling: () => false,
  }
}

/** What was staged: a digest of each item, and every name in order. */
async function staged(backup: InventoryBackup, read: () => AsyncIterable<Uint8Array>) {
  const names: string[] = []
  const files = new Map<string, TreeFile[]>()
  for await (const { item, path, kind, sizeBytes, pieces } of backup.stage(read, [])) {
    names.push(`${kind} ${item}${path === '' ? '' : `/${path}`}`)
    const hash = createHash('sha256')
    for await (const piece of pieces) hash.update(piece)
    const list = files.get(item) ?? []
    files.set(item, list)
    if (kind === 'file') list.push({ path, sizeBytes, sha256: hash.digest('hex') })
  }
  return { names, digests: [...files].map(([name, list]) => [name, treeDigest(list)]) }
}

describe('what a restore puts into place', () => {
  test.each([
    older,
    { ...older, dialect: 2 },
    { ...older, dialect: 2, leadingSlash: true, manifestAt: 'first' },
  ] as const)('is what the plan promised: %o', async (lab) => {
    const archive = await makeChangoArchive(lab)
    const backup = await only(archive.key)
    const items = backup.restoreItems(await evidenceOf(archive.pieces()))
    expect(items.map(({ name, kind }) => [name, kind])).toEqual(
      ['kms', 'iam', 'metadata', 'patches'].map((name) => [name, 'folder']),
    )
    const { names, digests } = await staged(backup, archive.pieces)
    expect(digests).toEqual(items.map(({ name, digest }) => [name, digest]))
    expect(names.filter((name) => name.startsWith('file')).length).toBe(
      items.reduce((total, { files }) => total + files, 0),
    )
    expect(names).toContain('file patches/trino/patch-1.jar')
    // The manifest's own name and the recorded paths do not show.
    expect(names.filter((name) => /manifest\.json|opt\/|data\/master/.test(name))).toEqual([])
  })

  test('is the same without a plan before it', async () => {
    const archive = await makeChangoArchive({ ...older, dialect: 2 })
    const planned = await only(archive.key)
    planned.restoreItems(await evidenceOf(archive.pieces()))
    expect(await staged(await only(archive.key), archive.pieces)).toEqual(
      await staged(planned, archive.pieces),
    )
  })

  test('has every folder before what lies in it, once', async () => {
    const { entries, key } = await makeChangoArchive(older)
    const files = entries.filter(({ kind }) => kind === 'file')
    const { names } = await staged(await only(key), () =>
      packed([...files, folderEntry('data/master/patches/trino')]),
    )
    const seen = new Set<string>()
    for (const name of names) {
      const [kind, path = ''] = name.split(' ')
      const above = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      if (above !== '') expect(seen).toContain(above)
      if (kind === 'folder') {
        expect(seen).not.toContain(path)
        seen.add(path)
      }
    }
  })
})

describe('nothing is planned or staged', () => {
  test('from an archive that was not read, or not to a clean end, or lacks a store', async () => {
    const { entries, key, pieces } = await makeChangoArchive(older)
    const backup = await only(key)
    const whole = await evidenceOf(pieces())
    expect(() => backup.restoreItems({ ...whole, object: () => ({ kind: 'notRead' }) })).toThrow(/not read/)
    const cut = await evidenceOf(inPieces(Buffer.from([0x1f, 0x8b])))
    expect(() => backup.restoreItems(cut)).toThrow(/clean end/)
    const without = await evidenceOf(packed(entries.filter(({ name }) => !name.startsWith('kms'))))
    expect(() => backup.restoreItems(without)).toThrow(/lacks kms/)
  })

  const bent: readonly (readonly [string, (entries: readonly LabEntry[]) => AsyncIterable<Uint8Array>])[] = [
    ['a file outside', (entries) => packed([textEntry('zookeeper/myid', '1'), ...entries])],
    ['a name that leads out', (entries) => packed([textEntry('kms/../../x', '1'), ...entries])],
    ['an absolute name', (entries) => packed([textEntry('/kms/x', '1'), ...entries])],
    ['a file twice', (entries) => packed([...entries, ...entries])],
    [
      'a link',
      () => inPieces(gzipped(rawFile({ name: 'kms/x', type: '2', patch: { 157: '/etc' } }), endOfTar)),
    ],
    ['an early end', () => inPieces(gzipped(rawFile({ name: 'kms/x' }, 'x')))],
  ]
  test.each(bent)('from an archive with %s, whether it was planned before or not', async (_, bend) => {
    const { entries, key, pieces } = await makeChangoArchive(older)
    const planned = await only(key)
    planned.restoreItems(await evidenceOf(pieces()))
    for (const backup of [planned, await only(key)]) {
      await expect(staged(backup, () => bend(entries))).rejects.toMatchObject({ code: 'restore.failed' })
    }
  })

  test('and a source that fails is told as it is', async () => {
    const { key } = await makeChangoArchive(older)
    async function* lost(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array([0x1f])
      throw new Error('connection lost')
    }
    await expect(staged(await only(key), lost)).rejects.toThrow('connection lost')
  })
})

describe('the inventory', () => {
  test('lists newest first, what has no time last, and nothing else that lies about', async () => {
    const backups = await listed(
      'a/20260101T000000-00000000.tar.gz',
      'b-20260301T000000-00000000.tar.gz',
      'b-20260301T000000-00000001.tar.gz',
      'chango-20260201-000000-x.tar.gz',
      'chango-nightly.tar.gz',
      'notes.txt',
      'other.tar.gz',
    )
    expect(backups.map(({ backupId }) => backupId)).toEqual([
      '20260301T000000-00000001',
      '20260301T000000-00000000',
      'chango-20260201-000000-x',
      '20260101T000000-00000000',
      'chango-nightly',
    ])
    expect(backups[0]).toMatchObject({ sizeBytes: 3, newBytes: 3, cluster: null, manifestText: null })
    expect(backups[0]?.objects.map(({ key }) => key)).toEqual(['b-20260301T000000-00000001.tar.gz'])
  })

  test('reads sidecars and nothing else, and never a long one', async () => {
    const store = memoryStore()
    for (const name of ['chango-1', 'chango-2', 'chango-3'])
      await store.put(`${name}.tar.gz`, new Uint8Array(9))
    await store.put('chango-1.tar.gz.sha256', new Uint8Array(70))
    await store.put('chango-2.tar.gz.sha256', new Uint8Array(5000))
    const { objectsRead, bytesRead } = await chango.readInventory(store, {
      remembered: () => null,
      facts: () => null,
      saw: () => {},
    })
    expect([objectsRead, bytesRead]).toEqual([1, 70])
  })
})
