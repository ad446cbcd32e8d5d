import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { treeDigest } from '../../../../../src/main/engine/tree-digest.ts'
import { walkArchive } from '../../../../../src/main/systems/chango/walk.ts'
import {
  bytesEntry,
  folderEntry,
  makeChangoArchive,
  packed,
  textEntry,
  type ChangoLab,
  type LabEntry,
} from '../../../../lab/chango.ts'
import { rocksManifest } from '../../../../lab/rocksdb.ts'

const older: ChangoLab = { dialect: 1, seed: 'walk', when: '2026-05-30T02:00:00Z' }
const newer: ChangoLab = { ...older, dialect: 2, when: '2026-08-08T02:48:59Z' }
const base = 'opt/chango/data/master'

async function labEntries(lab: ChangoLab): Promise<LabEntry[]> {
  return [...(await makeChangoArchive(lab)).entries]
}

async function codesOf(entries: readonly LabEntry[]): Promise<string[]> {
  const { findings } = await walkArchive(packed(entries))
  return findings.map(({ code, part }) => (part === null ? code : `${code} ${part}`))
}

async function manifestOf(lab: ChangoLab): Promise<Record<string, unknown>> {
  const entry = (await labEntries(lab)).find(({ name }) => name.endsWith('.json'))
  const parts: Uint8Array[] = []
  for await (const piece of entry?.contents() ?? []) parts.push(piece)
  return Object.fromEntries(Object.entries(JSON.parse(Buffer.concat(parts).toString('utf8'))))
}

/** The newer archive with another manifest. */
async function withManifest(change: Record<string, unknown>, name = 'manifest.json'): Promise<LabEntry[]> {
  const entries = (await labEntries(newer)).filter((entry) => !entry.name.endsWith('.json'))
  return [...entries, textEntry(name, JSON.stringify({ ...(await manifestOf(newer)), ...change }))]
}

async function digestOf(entries: readonly LabEntry[], root: string): Promise<string> {
  const files = []
  for (const { name, kind, sizeBytes, contents } of entries) {
    if (kind === 'folder' || !name.startsWith(`${root}/`)) continue
    const hash = createHash('sha256')
    for await (const piece of contents()) hash.update(piece)
    files.push({ path: name.slice(root.length + 1), sizeBytes, sha256: hash.digest('hex') })
  }
  return treeDigest(files)
}

describe('a sound archive', () => {
  const variants: readonly (readonly [string, ChangoLab])[] = [
    ['of the older dialect', older],
    ['of the older dialect with patches', { ...older, patches: 2 }],
    ['of the console itself, with hashes of its files', { ...older, patches: 1, withFiles: true }],
    ['of the newer dialect', newer],
    ['of the newer dialect with patches and leading slashes', { ...newer, patches: 2, leadingSlash: true }],
    ['whose manifest comes first', { ...newer, manifestAt: 'first' }],
  ]
  test.each(variants)('%s has no findings', async (_, lab) => {
    const archive = await makeChangoArchive(lab)
    const facts = await walkArchive(archive.pieces())
    expect(facts.findings).toEqual([])
    expect(facts).toMatchObject({ complete: true, dialect: lab.dialect })
    const expected = ['kms', 'iam', 'metadata', ...(lab.patches === undefined ? [] : ['patches'])]
    expect(facts.parts.map(({ part }) => part)).toEqual(expected)
    const root = lab.dialect === 1 ? 'kms' : `${lab.leadingSlash === true ? '/' : ''}${base}/kms`
    expect(facts.parts[0]?.digest).toBe(await digestOf(archive.entries, root))
  })

  test('says when, where and under which key it was made', async () => {
    const { manifest } = await walkArchive((await makeChangoArchive({ ...newer, masterKey: 'k' })).pieces())
    expect(manifest).toMatchObject({
      createdAt: '2026-08-08T02:48:59.123Z',
      hostname: 'master-1.chango.example',
      version: '3.2.0',
      masterKeyFingerprint: createHash('sha256')
        .update('chango-master-key-fingerprint:v1:k')
        .digest('hex')
        .slice(0, 16),
    })
  })

  test('may name its version in an object and carry a leading ./', async () => {
    const entries = (await labEntries(older)).map((entry) =>
      entry.name === 'manifest.json'
        ? textEntry('./manifest.json', '{"timestamp":1780106400000,"chango":{"version":"2.9"}}')
        : { ...entry, name: `./${entry.name}` },
    )
    const facts = await walkArchive(packed([folderEntry('./'), ...entries]))
    expect(facts.findings).toEqual([])
    expect(facts.manifest).toMatchObject({ version: '2.9', createdAt: '2026-05-30T02:00:00.000Z' })
  })

  test('has the tables that its stores name, as far as their MANIFEST can be read', async () => {
    const archive = await makeChangoArchive(older)
    const tablesOf = async (entries: readonly LabEntry[]): Promise<unknown> =>
      (await walkArchive(packed(entries))).parts.map(({ part, tables }) => [part, tables])
    const counted = (part: string): number =>
      archive.entries.filter(({ name }) => name.startsWith(`${part}/`) && name.endsWith('.sst')).length
    expect(counted('metadata')).toBeGreaterThan(0)
    const told = ['kms', 'iam', 'metadata'].map((part) => [part, counted(part)])
    expect(await tablesOf(archive.entries)).toEqual(told)
    const unread = archive.entries.filter(({ name }) => name !== 'iam/MANIFEST-000005')
    expect(await tablesOf([...unread, textEntry('iam/MANIFEST-000005', 'of another kind')])).toEqual(
      told.map(([part, tables]) => [part, part === 'iam' ? null : tables]),
    )
  })

  test('needs no entries for its folders', async () => {
    expect(await codesOf((await labEntries(older)).filter(({ kind }) => kind === 'file'))).toEqual([])
    expect(await codesOf((await labEntries(newer)).filter(({ kind }) => kind === 'file'))).toEqual([])
  })

  test('may name the same folder twice', async () => {
    expect(await codesOf([folderEntry('kms'), ...(await labEntries(older))])).toEqual([])
  })
})

describe('of the older dialect', () => {
  type Bend = (entries: LabEntry[]) => LabEntry[]
  const without =
    (...names: string[]): Bend =>
    (entries) =>
      entries.filter(({ name }) => !names.includes(name))
  const plus =
    (...more: LabEntry[]): Bend =>
    (entries) => [...entries, ...more]
  const current =
    (text: string): Bend =>
    (entries) => [...entries.filter(({ name }) => name !== 'iam/CURRENT'), textEntry('iam/CURRENT', text)]
  const instead =
    (name: string, contents: string | Buffer): Bend =>
    (entries) => [...entries.filter((entry) => entry.name !== name), bytesEntry(name, Buffer.from(contents))]
  const rows: readonly (readonly [string, Bend, readonly string[]])[] = [
    [
      'without a store',
      (all) => all.filter(({ name }) => !name.startsWith('kms')),
      ['archive.missingPart kms'],
    ],
    [
      'with an empty store',
      (all) => all.filter(({ name }) => !name.startsWith('kms/')),
      ['archive.missingPart kms'],
    ],
    ['without CURRENT', without('iam/CURRENT'), ['archive.missingPart iam']],
    ['without the file that CURRENT names', without('iam/MANIFEST-000005'), ['archive.missingPart iam']],
    ['without its manifest', without('manifest.json'), ['archive.missingPart']],
    [
      'whose CURRENT names an empty file',
      (entries) => [
        ...entries.filter(({ name }) => name !== 'iam/MANIFEST-000005'),
        textEntry('iam/MANIFEST-000005', ''),
      ],
      ['archive.malformed iam'],
    ],
    ['without a table of its MANIFEST', without('iam/000009.sst'), ['archive.missingPart iam']],
    ['with a table that is cut', instead('iam/000009.sst', 'x'), ['archive.malformed iam']],
    [
      'whose MANIFEST is damaged in its middle',
      instead('iam/MANIFEST-000005', rocksManifest([{ number: 9, sizeBytes: 1 }]).fill(0, 60, 64)),
      ['archive.malformed iam'],
    ],
    ['with a MANIFEST that is not understood', instead('iam/MANIFEST-000005', 'of another kind'), []],
    ['whose CURRENT has no newline', current('MANIFEST-000005'), ['archive.malformed iam']],
    ['whose CURRENT has two newlines', current('MANIFEST-000005\n\n'), ['archive.malformed iam']],
    ['whose CURRENT leads elsewhere', current('../kms/MANIFEST-000005\n'), ['archive.malformed iam']],
    ['whose CURRENT is empty', current(''), ['archive.malformed iam']],
    ['whose CURRENT is long', current(`MANIFEST-${'0'.repeat(9999)}\n`), ['archive.malformed iam']],
    ['with another top folder', plus(textEntry('zookeeper/myid', '1')), ['archive.unexpectedEntry']],
    ['with another top file', plus(textEntry('notes', 'x')), ['archive.unexpectedEntry']],
    ['with a file beside the patches', plus(textEntry('data/x', 'x')), ['archive.unexpectedEntry']],
    ['with an absolute name', plus(textEntry('/kms/x', 'x')), ['archive.unsafePath']],
    ['with a .. part', plus(textEntry('kms/../iam/x', 'x')), ['archive.unsafePath']],
    ['with a file twice', plus(textEntry('kms/CURRENT', 'x')), ['archive.malformed']],
    ['with a name as file and folder', plus(textEntry('kms/CURRENT/x', 'x')), ['archive.malformed']],
    ['with names that differ in case', plus(textEntry('kms/current', 'x')), ['archive.malformed']],
    ['with folders that differ in case', plus(textEntry('KMS/x', 'x')), ['archive.malformed']],
    [
      'with a name that no disk takes',
      plus(textEntry(`iam/${'n'.repeat(256)}`, 'x')),
      ['archive.tooLarge iam'],
    ],
    [
      'with a file deeper than any store',
      plus(textEntry(`data/master/patches/${'d/'.repeat(64)}x`, 'x')),
      ['archive.tooLarge patches'],
    ],
    [
      'with folders deeper than any store',
      plus(folderEntry(`kms/${'d/'.repeat(65)}`)),
      ['archive.tooLarge kms'],
    ],
    [
      'with the longest name and the deepest file',
      plus(textEntry(`iam/${'n'.repeat(255)}`, 'x'), textEntry(`kms/${'d/'.repeat(63)}x`, 'x')),
      [],
    ],
  ]
  test.each(rows)('an archive %s is told so, and of nothing else', async (_, bend, codes) => {
    expect(await codesOf(bend(await labEntries(older)))).toEqual(codes)
  })

  test('a name in both Unicode normalisations is refused either way round', async () => {
    const twins = [textEntry('kms/\u00e9', '1'), textEntry('kms/e\u0301', '2')]
    expect(await codesOf([...(await labEntries(older)), ...twins])).toEqual(['archive.malformed'])
    expect(await codesOf([...(await labEntries(older)), ...twins.reverse()])).toEqual(['archive.malformed'])
  })

  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['a name twice', '{"a":1,"a":2}'],
    ['a depth without end', `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`],
    ['a list of files that is none', '{"files":{}}'],
    ['a hash that is none', '{"files":[{"path":"kms/CURRENT","sha256":"x"}]}'],
    ['a size that is none', `{"files":[{"path":"kms/CURRENT","sha256":"${'0'.repeat(64)}","size":-1}]}`],
  ])('a manifest with %s is unreadable', async (_, text) => {
    const entries = (await labEntries(older)).filter(({ name }) => name !== 'manifest.json')
    expect(await codesOf([...entries, textEntry('manifest.json', text)])).toEqual(['manifest.unreadable'])
  })

  test('a manifest that lists a file outside is unsafe', async () => {
    const entries = (await labEntries(older)).filter(({ name }) => name !== 'manifest.json')
    const manifest = textEntry('manifest.json', `{"files":[{"path":"../x","sha256":"${'0'.repeat(64)}"}]}`)
    expect(await codesOf([...entries, manifest])).toEqual(['manifest.unsafePath'])
  })

  test('a manifest may be longer than anything else that is kept', async () => {
    const entries = (await labEntries(older)).filter(({ name }) => name !== 'manifest.json')
    const long = (spaces: number) => textEntry('manifest.json', `{${' '.repeat(spaces)}}`)
    expect(await codesOf([...entries, long(4 * 1024 * 1024 - 2)])).toEqual([])
    expect(await codesOf([...entries, long(4 * 1024 * 1024 - 1)])).toEqual(['manifest.unreadable'])
  })

  test('promised patches have to be there', async () => {
    const entries = await labEntries({ ...older, patches: 1 })
    expect(await codesOf(entries.filter(({ name }) => !name.startsWith('data')))).toEqual([
      'archive.missingPart patches',
    ])
  })

  test('a manifest among the patches changes nothing', async () => {
    const inner = textEntry('data/master/patches/manifest.json', '{"kmsRocksDbPath":"/kms"}')
    expect(await codesOf([...(await labEntries({ ...older, patches: 1 })), inner])).toEqual([])
  })
})

describe('with thousands of flaws', () => {
  test('an archive is told of some of them one by one, and how many more there are', async () => {
    const bad = Array.from({ length: 3000 }, (_, index) => textEntry(`../${index}`, ''))
    const { findings } = await walkArchive(packed([...bad, ...(await labEntries(older))]))
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['archive.unsafePath']))
    expect(findings.length).toBeLessThan(30)
  })
})

describe('with hashes of its files', () => {
  const lab: ChangoLab = { ...older, withFiles: true }

  test('a file that differs is named with its part', async () => {
    const entries = (await labEntries(lab)).map((entry) =>
      entry.name === 'iam/OPTIONS-000007' ? textEntry(entry.name, 'other') : entry,
    )
    expect(await codesOf(entries)).toEqual(['plain.hashMismatch iam'])
  })

  test('a listed file that is missing, and one that is not listed, are named', async () => {
    const entries = (await labEntries(lab)).filter(({ name }) => name !== 'kms/LOCK')
    expect(await codesOf([...entries, textEntry('metadata/extra', '')])).toEqual([
      'archive.missingPart kms',
      'archive.unexpectedEntry metadata',
    ])
  })
})

describe('of the newer dialect', () => {
  test('an entry below none of the recorded folders is unsafe, folders on the way are not', async () => {
    const entries = await labEntries(newer)
    const way = ['opt', 'opt/chango', 'opt/chango/data', base].map(folderEntry)
    expect(await codesOf([...way, ...entries])).toEqual([])
    expect(await codesOf([...entries, textEntry('etc/passwd', 'x')])).toEqual(['archive.unsafePath'])
    expect(await codesOf([...entries, folderEntry('opt/other')])).toEqual(['archive.unsafePath'])
    expect(await codesOf([...entries, textEntry(`${base}/kms2/x`, 'x')])).toEqual(['archive.unsafePath'])
  })

  test.each([
    ['a relative root', { iamRocksDbPath: 'opt/chango/data/master/iam' }],
    ['a root with ..', { iamRocksDbPath: '/opt/../iam' }],
    ['the root /', { iamRocksDbPath: '/' }],
    ['a root of another part', { iamRocksDbPath: `/${base}/kms/` }],
    ['a root that is no text', { iamRocksDbPath: 7 }],
    ['patches in a store', { patchesDir: `/${base}/kms` }],
  ])('a manifest with %s is unreadable', async (_, change) => {
    expect(await codesOf(await withManifest(change))).toEqual(['manifest.unreadable'])
  })

  test('a manifest that names not all stores is none', async () => {
    expect(await codesOf(await withManifest({ iamRocksDbPath: undefined }))).toEqual(['archive.missingPart'])
  })

  test('two manifests are one too many, a copy in a store is part of the store', async () => {
    const entries = await labEntries(newer)
    const again = textEntry('manifest.json', JSON.stringify(await manifestOf(newer)))
    expect(await codesOf([...entries, again])).toEqual(['archive.malformed'])
    expect(await codesOf([...entries, { ...again, name: `${base}/kms/manifest.json` }])).toEqual([])
  })

  test('of nested folders the deepest decides', async () => {
    const entries = (
      await withManifest({ patchesDir: `/${base}/metadata/patches`, patchesIncluded: 'true' })
    ).concat(textEntry(`${base}/metadata/patches/a.jar`, 'a'))
    const facts = await walkArchive(packed(entries))
    expect(facts.findings).toEqual([])
    expect(facts.parts.find(({ part }) => part === 'patches')).toMatchObject({ files: 1, sizeBytes: 1 })
  })

  test('an unreadable manifest is the one thing said about the layout', async () => {
    const entries = (await labEntries(newer)).map((entry) =>
      entry.name.endsWith('.json') ? textEntry(entry.name, '{') : entry,
    )
    expect(await codesOf(entries)).toEqual(['manifest.unreadable'])
  })
})
