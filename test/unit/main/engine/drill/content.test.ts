import { describe, expect, test } from 'vitest'
import { contentOf, restoredBefore } from '../../../../../src/main/engine/drill/content.ts'
import type { ObjectEvidence } from '../../../../../src/main/ports/backup-system.ts'
import type { Drill } from '../../../../../src/shared/domain/drill.ts'
import type { ObjectFacts } from '../../../../../src/shared/domain/object-facts.ts'
import { drillOf } from '../../../../support/drills.ts'

const one = { key: 'b1/iam', sha256: '1'.repeat(64) }
const two = { key: 'b1/kms', sha256: '2'.repeat(64) }

describe('what a backup is made of', () => {
  test('is one text for the same objects in any order, and another for other bytes or names', () => {
    const content = contentOf([one, two])
    expect(content).toMatch(/^[0-9a-f]{64}$/)
    expect(contentOf([two, one])).toBe(content)
    expect(contentOf([one])).not.toBe(content)
    expect(contentOf([one, { ...two, sha256: '3'.repeat(64) }])).not.toBe(content)
    expect(contentOf([one, { ...two, key: 'b1/iam2' }])).not.toBe(content)
  })

  test('is not known where an object was not read, nor of nothing at all', () => {
    expect(contentOf([one, { ...two, sha256: null }])).toBeNull()
    expect(contentOf([])).toBeNull()
  })
})

describe('a backup was restored before', () => {
  const content = contentOf([one, two])
  const facts = (sha256: string): ObjectFacts => ({
    version: { sizeBytes: 1, etag: null, modifiedAt: null, versionId: null },
    readAt: '2026-11-20T08:00:00.000Z',
    sizeBytes: 1,
    sha256,
    beginning: 'other',
    envelope: null,
    content: null,
    walk: null,
  })
  const seen = new Map([one, two].map(({ key, sha256 }) => [key, sha256]))
  const object = (key: string): ObjectEvidence => ({
    kind: 'read',
    facts: facts(seen.get(key) ?? ''),
    before: null,
    remembered: false,
  })
  const found = (drills: readonly Drill[], by = object): string | undefined =>
    restoredBefore({ backupId: 'b1', objects: [one, two] }, { object: by }, drills)?.id

  const good = drillOf({ id: 'good', content })
  const failed = drillOf({
    id: 'failed',
    content: null,
    outcome: { kind: 'failed', at: 'read', because: 'It was gone.' },
  })
  const readable = drillOf({
    id: 'readable',
    content,
    outcome: { kind: 'readable', because: 'Nothing loads it.' },
  })

  test.each<[string, readonly Drill[], string | undefined]>([
    ['where a drill wrote these bytes', [good], 'good'],
    ['where it was the newest of several', [drillOf({ id: 'newer', content }), good], 'newer'],
    ['where one since restored other bytes', [drillOf({ id: 'other' }), good], 'good'],
    ['where it was only read since', [readable, good], 'good'],
    ['where it failed before', [good, failed], 'good'],
    ['not where none did', [], undefined],
    ['not by a drill of another backup', [drillOf({ content, backupId: 'b2' })], undefined],
    ['not by a drill of other bytes', [drillOf()], undefined],
    ['not by one that only showed its bytes', [readable], undefined],
    ['not where one failed since', [failed, good], undefined],
  ])('%s', (_, drills, expected) => {
    expect(found(drills)).toBe(expected)
  })

  test('not where one of its objects was not read now', () => {
    const unread = (key: string): ObjectEvidence => (key === two.key ? { kind: 'notRead' } : object(key))
    expect(found([good, drillOf({ content: null })], unread)).toBeUndefined()
  })
})
