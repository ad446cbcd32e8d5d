import { describe, expect, test } from 'vitest'
import {
  envelopeFindings,
  type EnvelopeContext,
  type ExpectedEnvelope,
} from '../../../../src/main/engine/envelope-findings.ts'
import type { EnvelopeHeader } from '../../../../src/shared/domain/envelope-header.ts'
import type {
  EnvelopeFacts,
  EnvelopeOpening,
  SealedBody,
} from '../../../../src/shared/domain/object-facts.ts'

const header: EnvelopeHeader = {
  segmentBytes: 1048576,
  keyId: 'backup-encryption',
  keyVersion: 1,
  kdf: { iterations: 200000, salt: 'AAAAAAAAAAAAAAAAAAAAAA==' },
  wrap: { iv: '', ct: '' },
  noncePrefix: '',
  store: 'iam',
  backupId: 'b1',
  plainSizeBytes: 7,
}

const expected: ExpectedEnvelope = {
  store: 'iam',
  backupIds: ['b1', 'prefix-b1'],
  keyId: 'backup-encryption',
  keyVersion: 1,
  plainSizeBytes: 7,
}

function sealed(opening: EnvelopeOpening, change: Partial<EnvelopeHeader> = {}): EnvelopeFacts {
  return { outcome: 'sealed', header: { ...header, ...change }, opening }
}

function opened(body: SealedBody): EnvelopeOpening {
  return { outcome: 'opened', keyFingerprint: 'f', body }
}

const authentic = opened({ outcome: 'authentic', plainSha256: '', plainSizeBytes: 7 })

function found(facts: EnvelopeFacts, context: Partial<EnvelopeContext> = {}, against = expected): string[] {
  const usual = {
    levelAskedFor: false,
    storedSizeBytes: 500,
    storedBytesDiffer: false,
    hasOpenedSibling: () => false,
  }
  return envelopeFindings('iam', facts, against, { ...usual, ...context }).map(
    ({ code, severity }) => `${code} ${severity}`,
  )
}

describe('what is said of an envelope', () => {
  test('that opens, is whole and is the one that was meant: nothing', () => {
    expect(found(sealed(authentic))).toEqual([])
    expect(found(sealed(authentic, { backupId: 'prefix-b1' }))).toEqual([])
  })

  test.each([
    ['truncated', 'envelope.truncated error'],
    ['headerInvalid', 'envelope.headerInvalid error'],
    ['unknown', 'envelope.unknown error'],
  ] as const)('whose header is %s: only that', (outcome, finding) => {
    expect(found({ outcome, reason: 'why' })).toEqual([finding])
  })

  test.each([
    ['tampered', 'envelope.tampered error'],
    ['truncated', 'envelope.truncated error'],
    ['trailingBytes', 'envelope.trailingBytes error'],
  ] as const)('whose body is %s: that, before anything about its place', (outcome, finding) => {
    const facts = sealed(opened({ outcome, segment: 1, atByte: 2 }), { store: 'kms' })
    expect(found(facts)).toEqual([finding])
  })

  test.each([
    { store: 'kms' },
    { backupId: 'b2' },
    { keyId: 'other' },
    { keyVersion: 2 },
    { plainSizeBytes: 8 },
  ])('that says %o: it is misplaced, with a key and without one', (change) => {
    expect(found(sealed(authentic, change))).toEqual(['envelope.misplaced error'])
    expect(found(sealed({ outcome: 'noKey' }, change))).toEqual([
      'envelope.misplaced error',
      'key.missing warning',
    ])
    const silent = { ...expected, keyId: null, keyVersion: null, plainSizeBytes: null }
    const isSilent = !('store' in change) && !('backupId' in change)
    expect(found(sealed(authentic, change), {}, silent)).toEqual(isSilent ? [] : ['envelope.misplaced error'])
  })

  test('without a key: a warning, or an error where the level was asked for', () => {
    expect(found(sealed({ outcome: 'noKey' }))).toEqual(['key.missing warning'])
    expect(found(sealed({ outcome: 'noKey' }), { levelAskedFor: true })).toEqual(['key.missing error'])
    expect(found(sealed({ outcome: 'notDerived', reason: 'too many' }))).toEqual(['key.missing warning'])
  })

  test.each<EnvelopeOpening>([{ outcome: 'noKey' }, { outcome: 'notDerived', reason: 'too many' }])(
    'whose key was not tried (%o): its length alone shows that it is cut or has more behind it',
    (opening) => {
      const facts = (sealedSizeBytes: number): EnvelopeFacts => ({
        outcome: 'sealed',
        header,
        opening,
        sealedSizeBytes,
      })
      expect(found(facts(500))).toEqual(['key.missing warning'])
      expect(found(facts(501))).toEqual(['envelope.truncated error', 'key.missing warning'])
      expect(found(facts(499))).toEqual(['envelope.trailingBytes error', 'key.missing warning'])
      // The caller has said of them already that they are not the recorded ones.
      expect(found(facts(501), { storedBytesDiffer: true })).toEqual(['key.missing warning'])
    },
  )

  test('that no key opens: the key is wrong, unless it opened a sibling or the bytes are not the recorded ones', () => {
    const facts = sealed({ outcome: 'noKeyFits' })
    expect(found(facts)).toEqual(['envelope.wrongKey error'])
    expect(found(facts, { storedBytesDiffer: true })).toEqual([])
    expect(found(facts, { hasOpenedSibling: () => true })).toEqual(['envelope.tampered error'])
    expect(found(facts, { hasOpenedSibling: () => true, storedBytesDiffer: true })).toEqual([
      'envelope.tampered error',
    ])
  })

  test('that two keys open: it was crafted', () => {
    expect(found(sealed({ outcome: 'severalKeysFit' }))).toEqual(['envelope.tampered error'])
  })

  test('never carries characters that act on a screen', () => {
    const facts = sealed({ outcome: 'noKey' }, { keyId: 'k\u202e\u001b[2J' })
    const [finding] = envelopeFindings(
      'iam',
      facts,
      { ...expected, keyId: null },
      {
        levelAskedFor: false,
        storedSizeBytes: 500,
        storedBytesDiffer: false,
        hasOpenedSibling: () => false,
      },
    )
    expect(finding?.message).toContain('k\\u202e\\u001b[2J')
  })
})
