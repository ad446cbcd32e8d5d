import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backupKeys, nameIn, namesFor } from '../../../../../src/main/systems/chango/object-names.ts'
import { readCandidate } from '../../../../../src/main/systems/chango/manifest.ts'
import { parseSidecar } from '../../../../../src/main/systems/chango/sidecar.ts'
import { parseTimestamp } from '../../../../../src/main/systems/chango/timestamps.ts'
import { tries } from '../../../../support/tries.ts'

const id = '20260808T024859-59e9eb89'
const hash = 'ab'.repeat(32)

/** Texts made of what these readers look for, and of what they must not stumble over. */
const pieces = fc.constantFrom(
  id, 'chango-', '.tar.gz', '.sha256', hash, '  ', ' *', '\n', '\r\n', '\0', '/', '..', '-', '_', '20260530', 'T', '020000',
  '2026-02-31', '24:00', 'Z', '+99:99', '[x]', '.5', '1780106400', '000', '\ud800', '\u202e', 'é', 'e\u0301', '__proto__',
  '-'.repeat(200), 'a'.repeat(300),
) // prettier-ignore
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 8 }).map((some) => some.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

test('Any key is a backup with a name that leads back to it, or is none', () => {
  fc.assert(
    fc.property(fc.uniqueArray(texts, { maxLength: 6 }), (keys) => {
      const found = backupKeys(keys)
      expect(found.map(({ key }) => key)).toEqual(keys.filter((key) => nameIn(key) !== null))
      expect(new Set(found.map(({ backupId }) => backupId)).size).toBe(found.length)
      for (const { key, backupId, createdAt } of found) {
        expect(key.endsWith('.tar.gz') && key.includes(backupId)).toBe(true)
        expect(namesFor(key)).toContain(nameIn(key))
        if (createdAt !== null) expect(new Date(createdAt).toISOString()).toBe(createdAt)
      }
    }),
    { numRuns: tries(3000), seed: 11 },
  )
})

test('Any text is a real moment of these centuries, or none', () => {
  let moments = 0
  fc.assert(
    fc.property(texts, (text) => {
      const time = parseTimestamp(text)
      if (time === null) return
      moments += 1
      expect(time).toMatch(/^2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(new Date(time).toISOString()).toBe(time)
    }),
    { numRuns: tries(5000), seed: 12 },
  )
  expect(moments).toBeGreaterThan(5)
  expect(parseTimestamp('2026-05-30T02:00:00'.padEnd(4_000_000, '0'))).toBeNull()
})

test('Any sidecar speaks for its object by one line, or not at all', () => {
  const key = `prod/${id}.tar.gz`
  const lines = fc.tuple(
    fc.constantFrom(hash, hash.toUpperCase(), 'x'),
    fc.constantFrom('  ', ' *', ' '),
    texts,
  )
  fc.assert(
    fc.property(
      fc.oneof(
        texts,
        lines.map((parts) => parts.join('')),
      ),
      (text) => {
        const read = parseSidecar(Buffer.from(text), key)
        if (read.kind !== 'line') {
          expect(read.kind).toBe('wrong')
          return
        }
        expect(read.sha256).toBe(hash)
        expect([key, `${id}.tar.gz`]).toContain(text.slice(66).replace(/\r?\n?$/, ''))
      },
    ),
    { numRuns: tries(3000), seed: 13 },
  )
  expect(parseSidecar(Buffer.from(`${hash}  ${id}.tar.gz\n`), key)).toEqual({ kind: 'line', sha256: hash })
})

test('Any manifest has roots and files that lead nowhere else, or a reason', () => {
  const value = fc.oneof(
    texts,
    fc.constantFrom('/opt/kms', '/opt/iam', '/opt/x/../y', '/', '', 'opt', '//', null, 7, true, []),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const manifest = fc.record(
    {
      kmsRocksDbPath: value,
      iamRocksDbPath: value,
      metadataRocksDbPath: value,
      patchesDir: value,
      createdAt: value,
      masterKeyFingerprint: value,
      chango: value,
      files: fc.oneof(value, fc.array(fc.record({ path: value, sha256: fc.constant(hash), size: value }))),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(manifest, (any) => {
      const { facts, roots, listed, flaw } = readCandidate('manifest.json', Buffer.from(JSON.stringify(any)))
      expect(facts).not.toBeNull()
      if (roots === null) expect(flaw?.code).toBe('manifest.unreadable')
      for (const { path } of [...(roots ?? []), ...listed]) {
        expect(path).not.toBe('')
        expect(path.split('/').some((part) => part === '' || part === '.' || part === '..')).toBe(false)
        expect(path).not.toMatch(/[\\\0]/)
      }
      expect(new Set((roots ?? []).map(({ path }) => path)).size).toBe(roots?.length ?? 0)
    }),
    { numRuns: tries(2000), seed: 14 },
  )
})
