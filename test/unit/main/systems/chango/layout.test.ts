import { describe, expect, test } from 'vitest'
import { chooseLayout, leadsToRoot, partOf } from '../../../../../src/main/systems/chango/layout.ts'
import { readCandidate } from '../../../../../src/main/systems/chango/manifest.ts'

const candidate = (path: string, content: object | string) =>
  readCandidate(path, Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)))

/** A manifest of the newer dialect whose stores lie below one folder. */
function naming(path: string, base = '/opt/data') {
  return candidate(path, {
    kmsRocksDbPath: `${base}/kms`,
    iamRocksDbPath: `${base}/iam`,
    metadataRocksDbPath: `${base}/metadata`,
  })
}

const older = candidate('manifest.json', { timestamp: '2026-05-30T02:00:00Z' })
const unreadable = (path: string) => candidate(path, '{')
const partial = candidate('tmp/m.json', { kmsRocksDbPath: '/opt/data/kms', iamRocksDbPath: '/opt/data/iam' })

type Said = readonly [dialect: 1 | 2 | null, manifest: string | null, codes: readonly string[]]

describe('the layout of an archive with', () => {
  test.each<[string, Parameters<typeof chooseLayout>[0], Said, { hasOlderStores?: boolean }?]>([
    ['a manifest that names no roots', [older], [1, 'manifest.json', []]],
    ['one that names them', [naming('manifest.json')], [2, 'manifest.json', []]],
    ['one of each, the newer in a store', [older, naming('kms/a.json')], [1, 'manifest.json', []]],
    ['one of each, the newer elsewhere', [older, naming('tmp/m.json')], [2, 'tmp/m.json', []]],
    [
      'an older one, and newer ones in a store and elsewhere',
      [older, naming('kms/a.json', '/kms'), naming('tmp/m.json', '/')],
      [2, 'tmp/m.json', []],
    ],
    [
      'an unreadable one, and a newer one at a place of the older dialect',
      [unreadable('manifest.json'), naming('kms/a.json')],
      [2, 'kms/a.json', []],
    ],
    [
      'an unreadable one beside stores of the older dialect',
      [unreadable('manifest.json')],
      [1, 'manifest.json', ['manifest.unreadable']],
      { hasOlderStores: true },
    ],
    ['an unreadable one', [unreadable('manifest.json')], [null, null, ['manifest.unreadable']]],
    ['an unreadable one elsewhere', [unreadable('tmp/m.json')], [null, null, ['manifest.unreadable']]],
    ['an unreadable one in a store', [unreadable('kms/a.json')], [1, null, ['archive.missingPart']]],
    ['one elsewhere that names nothing', [candidate('tmp/m.json', {})], [1, null, ['archive.missingPart']]],
    ['none', [], [1, null, ['archive.missingPart']]],
    ['one that names two of three roots', [partial], [2, null, ['archive.missingPart']]],
    ['one in its own store', [naming('opt/data/kms/m.json')], [2, null, ['archive.missingPart']]],
    ['two', [naming('a/m.json'), naming('b/m.json')], [2, null, ['archive.malformed']]],
    ['a copy in its store', [naming('a/m.json'), naming('opt/data/kms/m.json')], [2, 'a/m.json', []]],
    [
      'two that each lie in a store of the other',
      [naming('a/kms/m.json', '/b'), naming('b/kms/m.json', '/a')],
      [2, null, ['archive.malformed']],
    ],
  ])('%s', (_, candidates, expected, { hasOlderStores = false } = {}) => {
    const { dialect, manifest, findings } = chooseLayout(candidates, { hasOlderStores, complete: true })
    expect([dialect, manifest?.path ?? null, findings.map(({ code }) => code)]).toEqual(expected)
  })

  test.each([[[]], [[partial]], [[naming('opt/data/kms/m.json')]]])(
    'no manifest yet, where it was not read to its end, lacks none',
    (candidates) => {
      const { findings } = chooseLayout(candidates, { hasOlderStores: false, complete: false })
      expect(findings).toEqual([])
    },
  )
})

test('A name belongs to the deepest root above it, by whole path parts', () => {
  const roots = [
    { part: 'kms', path: 'data/kms' },
    { part: 'iam', path: 'data/kms/iam' },
    { part: 'metadata', path: 'data' },
  ] as const
  expect(partOf('data/kms/CURRENT', roots)?.part).toBe('kms')
  expect(partOf('data/kms/iam/CURRENT', roots)?.part).toBe('iam')
  expect(partOf('data/kmsx', roots)?.part).toBe('metadata')
  expect(partOf('other', roots)).toBeNull()
})

test('Only what lies above a root leads to it', () => {
  const roots = [
    { part: 'kms', path: 'data/kms' },
    { part: 'iam', path: 'elsewhere/iam' },
  ] as const
  expect(['data', 'data/kms', 'data/kms/x', 'dat'].map((path) => leadsToRoot(path, roots))).toEqual([
    true,
    false,
    false,
    false,
  ])
})
