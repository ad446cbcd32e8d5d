import { describe, expect, test } from 'vitest'
import { forKeys, isEnough, walkText } from '../../../../../src/main/engine/verify/remembered-facts.ts'
import type { EnvelopeOpening, ObjectFacts } from '../../../../../src/shared/domain/object-facts.ts'

const version = {
  sizeBytes: 9,
  etag: 'e1',
  modifiedAt: '2026-11-20T02:00:00.000Z',
  versionId: 'v1',
}

const plain: ObjectFacts = {
  version,
  readAt: '2026-11-20T08:00:00.000Z',
  sizeBytes: 9,
  sha256: 'a'.repeat(64),
  beginning: 'gzip',
  envelope: null,
  content: null,
  walk: null,
}

const header = {
  segmentBytes: 65536,
  keyId: 'k',
  keyVersion: 1,
  kdf: { iterations: 1000, salt: '' },
  wrap: { iv: '', ct: '' },
  noncePrefix: '',
  store: 'iam',
  backupId: 'b1',
  plainSizeBytes: 1,
}

const sealed = (opening: EnvelopeOpening): ObjectFacts => ({
  ...plain,
  beginning: 'envelope',
  envelope: { outcome: 'sealed', header, opening },
})

const authentic = { outcome: 'authentic', plainSha256: 'b'.repeat(64), plainSizeBytes: 1 } as const
const opened = sealed({ outcome: 'opened', keyFingerprint: 'mine', body: authentic })
const walk = { walker: 'tar', options: { maxRatio: 200 } }
const needs = { open: true, hashPlain: true, walk: null }
const mine = { keyFingerprints: ['mine'] }
const nobody = { keyFingerprints: [] }

describe('an earlier reading', () => {
  test.each([
    ['another size', { sizeBytes: 8 }],
    ['another etag', { etag: 'e2' }],
    ['another time of change', { modifiedAt: '2026-11-20T02:00:00.001Z' }],
    ['another version', { versionId: 'v2' }],
  ])('of an object that has %s now does not count', (_, change) => {
    expect(isEnough(plain, version, needs, mine)).toBe(true)
    expect(isEnough(plain, { ...version, ...change }, needs, mine)).toBe(false)
  })

  test('counts where the bucket no longer says, or did not yet say, which version it is', () => {
    expect(isEnough(plain, { ...version, versionId: null }, needs, mine)).toBe(true)
    const unversioned = { ...plain, version: { ...version, versionId: null } }
    expect(isEnough(unversioned, version, needs, mine)).toBe(true)
  })

  test('without the MD5 that the format records does not answer for it', () => {
    expect(isEnough(plain, version, { ...needs, md5: true }, mine)).toBe(false)
    expect(isEnough({ ...plain, md5: 'c' }, version, { ...needs, md5: true }, mine)).toBe(true)
  })

  test('that walked otherwise, or not at all, does not answer a walk', () => {
    expect(isEnough(plain, version, { ...needs, walk }, mine)).toBe(false)
    const walked = { ...plain, content: { any: 1 }, walk: walkText(walk) }
    expect(isEnough(walked, version, { ...needs, walk }, mine)).toBe(true)
    const other = { ...walk, options: { maxRatio: 100 } }
    expect(isEnough(walked, version, { ...needs, walk: other }, mine)).toBe(false)
    expect(isEnough({ ...walked, content: null }, version, { ...needs, walk }, mine)).toBe(false)
  })

  test('that did not hash the plain bytes does not answer for their hash', () => {
    const body = { ...authentic, plainSha256: null }
    const unhashed = sealed({ outcome: 'opened', keyFingerprint: 'mine', body })
    expect(isEnough(unhashed, version, needs, mine)).toBe(false)
    expect(isEnough(unhashed, version, { ...needs, hashPlain: false }, mine)).toBe(true)
  })

  test.each<[string, EnvelopeOpening, readonly string[], boolean]>([
    ['without a key, now that there is one', { outcome: 'noKey' }, ['mine'], false],
    ['without a key, now neither', { outcome: 'noKey' }, [], true],
    ['with this key, which did not fit', { outcome: 'noKeyFits', tried: ['mine'] }, ['mine'], true],
    [
      'with this key, and now there is another',
      { outcome: 'noKeyFits', tried: ['mine'] },
      ['mine', 'new'],
      false,
    ],
    ['with keys of which nothing is known', { outcome: 'noKeyFits' }, ['mine'], false],
    [
      'that opened it with another key',
      { outcome: 'opened', keyFingerprint: 'x', body: authentic },
      ['mine'],
      false,
    ],
  ])('%s: whether it is enough', (_, opening, keyFingerprints, expected) => {
    expect(isEnough(sealed(opening), version, needs, { keyFingerprints })).toBe(expected)
    expect(isEnough(sealed(opening), version, { ...needs, open: false }, { keyFingerprints })).toBe(true)
  })
})

describe('what a key opened', () => {
  const withContent = { ...opened, content: { files: 1 } }

  test('is told while that key is given, and is sealed again without it', () => {
    expect(forKeys(withContent, mine)).toBe(withContent)
    for (const keys of [nobody, { keyFingerprints: ['another'] }]) {
      const told = forKeys(withContent, keys)
      expect(told.envelope).toMatchObject({ outcome: 'sealed', opening: { outcome: 'noKey' } })
      expect(told.content).toBeNull()
    }
  })

  test('and found damaged is so under any key', () => {
    const body = { outcome: 'tampered', segment: 0, atByte: 9 } as const
    const damaged = sealed({ outcome: 'opened', keyFingerprint: 'mine', body })
    expect(forKeys(damaged, nobody)).toBe(damaged)
  })

  test('of a key that did not fit nothing is said where no key is given', () => {
    const refused = sealed({ outcome: 'noKeyFits', tried: ['mine'] })
    expect(forKeys(refused, mine)).toBe(refused)
    expect(forKeys(refused, nobody).envelope).toMatchObject({ opening: { outcome: 'noKey' } })
    expect(forKeys(plain, nobody)).toBe(plain)
  })
})
