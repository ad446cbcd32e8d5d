import { expect, test } from 'vitest'
import { earlierHash } from '../../../../../src/main/engine/verify/earlier-hash.ts'
import type { RememberedHash } from '../../../../../src/main/ports/catalog.ts'
import type { ObjectFacts } from '../../../../../src/shared/domain/object-facts.ts'

const readAt = '2026-11-20T08:00:00.000Z'
const facts: ObjectFacts = {
  version: { sizeBytes: 1, etag: null, modifiedAt: null, versionId: null },
  readAt,
  sizeBytes: 1,
  sha256: 'a'.repeat(64),
  beginning: 'other',
  envelope: null,
  content: null,
  walk: null,
}
const own: RememberedHash = { sha256: facts.sha256, at: readAt, source: 'seen' }

test.each<[string, RememberedHash, boolean, boolean]>([
  ['this very reading left behind says nothing about it', own, true, false],
  ['an earlier reading left behind does', { ...own, at: '2026-11-19T08:00:00.000Z' }, true, true],
  ['was known before the object was read now does', own, false, true],
  ['the cluster itself reported does', { ...own, source: 'run' }, true, true],
  ['differs is never passed over', { ...own, sha256: 'b'.repeat(64) }, true, true],
])('A hash that %s', (_, before, remembered, counts) => {
  expect(earlierHash({ kind: 'read', facts, before, remembered })).toBe(counts ? before : null)
})

test('Where none is known there is none', () => {
  expect(earlierHash({ kind: 'read', facts, before: null, remembered: true })).toBeNull()
})
