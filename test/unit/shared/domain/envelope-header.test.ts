import { describe, expect, test } from 'vitest'
import { parseEnvelopeHeader, wrapContext } from '../../../../src/shared/domain/envelope-header.ts'

const good = {
  v: 1,
  aead: 'AES-256-GCM',
  segment: 1_048_576,
  keyId: 'backup-encryption',
  keyVersion: 1,
  kdf: { name: 'PBKDF2-HMAC-SHA256', iterations: 200_000, salt: base64(16) },
  wrap: { iv: base64(12), ct: base64(48) },
  noncePrefix: base64(7),
  store: 'metadata',
  backupId: '20261120T020000Z-1a2b3c4d',
  plainSize: 123_456,
}

function base64(length: number, fill = 0xfb): string {
  return Buffer.alloc(length, fill).toString('base64')
}

function outcomeOf(header: unknown): string {
  return outcomeOfText(JSON.stringify(header))
}

function outcomeOfText(text: string): string {
  return parseEnvelopeHeader(Buffer.from(text, 'utf8')).outcome
}

const withKdf = (change: object): object => ({ ...good, kdf: { ...good.kdf, ...change } })
const withWrap = (change: object): object => ({ ...good, wrap: { ...good.wrap, ...change } })

describe('the header of an envelope', () => {
  test('is read field by field, binary fields as they are stored', () => {
    expect(parseEnvelopeHeader(Buffer.from(JSON.stringify(good)))).toEqual({
      outcome: 'header',
      header: {
        segmentBytes: 1_048_576,
        keyId: 'backup-encryption',
        keyVersion: 1,
        kdf: { iterations: 200_000, salt: good.kdf.salt },
        wrap: good.wrap,
        noncePrefix: good.noncePrefix,
        store: 'metadata',
        backupId: '20261120T020000Z-1a2b3c4d',
        plainSizeBytes: 123_456,
      },
    })
  })

  test('may have its fields in any order, any spacing and further fields', () => {
    const reversed = Object.fromEntries(Object.entries({ ...good, note: { any: ['thing'] } }).reverse())
    expect(outcomeOfText(` \n${JSON.stringify(reversed, null, 3)}\t`)).toBe('header')
  })

  test.each([
    ['another version', { ...good, v: 2 }],
    ['another cipher', { ...good, aead: 'AES-256-GCM-SIV' }],
    ['another key derivation', withKdf({ name: 'argon2id' })],
    ['another version that has none of our fields', { v: 2 }],
    [
      'another cipher beside fields that make no sense here',
      { ...good, aead: 'none', segment: 1, plainSize: -1 },
    ],
    ['another derivation without our parameters', { ...good, kdf: { name: 'scrypt', n: 1 } }],
  ])('%s is an envelope of another program', (_what, header) => {
    expect(outcomeOf(header)).toBe('unknown')
  })

  test.each([
    ['a version that is text', { ...good, v: '1' }],
    ['no version', { ...good, v: undefined }],
    ['a cipher that is a number', { ...good, aead: 1 }],
    ['no cipher', { ...good, aead: undefined }],
    ['a derivation without a name', withKdf({ name: undefined })],
    ['a derivation that is text', { ...good, kdf: 'PBKDF2-HMAC-SHA256' }],
    ['a derivation in a list', { ...good, kdf: [good.kdf] }],
    ['no derivation', { ...good, kdf: undefined }],
    ['a segment of 1 byte', { ...good, segment: 1 }],
    ['a segment of 0 bytes', { ...good, segment: 0 }],
    ['a segment just too small', { ...good, segment: 65_535 }],
    ['a segment just too large', { ...good, segment: 16_777_217 }],
    ['a segment that is no whole number', { ...good, segment: 65_536.5 }],
    ['a segment as text', { ...good, segment: '1048576' }],
    ['too few iterations', withKdf({ iterations: 999 })],
    ['too many iterations', withKdf({ iterations: 10_000_001 })],
    ['iterations as text', withKdf({ iterations: '200000' })],
    ['a salt of 15 bytes', withKdf({ salt: base64(15) })],
    ['a salt of 17 bytes', withKdf({ salt: base64(17) })],
    ['an empty salt', withKdf({ salt: '' })],
    ['a salt that is null', withKdf({ salt: null })],
    ['a salt without padding', withKdf({ salt: good.kdf.salt.replace(/=/g, '') })],
    ['a salt in the alphabet for URLs', withKdf({ salt: Buffer.alloc(16, 0xfb).toString('base64url') })],
    ['a salt with a line break', withKdf({ salt: `${good.kdf.salt}\n` })],
    ['a salt whose unused bits are not zero', withKdf({ salt: `${'A'.repeat(21)}B==` })],
    ['an iv of 16 bytes', withWrap({ iv: base64(16) })],
    ['a wrapped key of 47 bytes', withWrap({ ct: base64(47) })],
    ['a wrapped key of 49 bytes', withWrap({ ct: base64(49) })],
    ['a wrapped key that could be a partitioning oracle', withWrap({ ct: base64(3 * 1024) })],
    ['no wrap', { ...good, wrap: undefined }],
    ['a nonce prefix of 8 bytes', { ...good, noncePrefix: base64(8) }],
    ['a nonce prefix of 6 bytes', { ...good, noncePrefix: base64(6) }],
    ['a key version of 0', { ...good, keyVersion: 0 }],
    ['a key version of 1.5', { ...good, keyVersion: 1.5 }],
    ['a key version as text', { ...good, keyVersion: '1' }],
    ['an empty key id', { ...good, keyId: '' }],
    ['a key id with "|"', { ...good, keyId: 'a|1' }],
    ['a key id with a control character', { ...good, keyId: 'a\u0007' }],
    ['a key id with a control character beyond ASCII', { ...good, keyId: 'a\u0085' }],
    ['a store with a line break', { ...good, store: 'meta\ndata' }],
    ['a store of 256 bytes', { ...good, store: `${'é'.repeat(127)}xx` }],
    ['a store that has no UTF-8 bytes', { ...good, store: '\ud800' }],
    ['no store', { ...good, store: undefined }],
    ['a backup id that is a number', { ...good, backupId: 20261120 }],
    ['a plain size below zero', { ...good, plainSize: -1 }],
    ['a plain size of 2^53', { ...good, plainSize: 2 ** 53 }],
    ['a plain size of half a byte', { ...good, plainSize: 0.5 }],
    ['a plain size as text', { ...good, plainSize: '123456' }],
    ['more than 2^32 segments', { ...good, segment: 65_536, plainSize: 2 ** 48 + 1 }],
    ['a list', [good]],
    ['null', null],
  ])('with %s it is invalid', (_what, header) => {
    expect(outcomeOf(header)).toBe('headerInvalid')
  })

  test.each([
    ['the largest plain size', { ...good, segment: 16_777_216, plainSize: 2 ** 53 - 1 }],
    ['exactly 2^32 segments', { ...good, segment: 65_536, plainSize: 2 ** 48 }],
    [
      'the smallest and the largest of its limits',
      { ...withKdf({ iterations: 10_000_000 }), segment: 65_536 },
    ],
    ['a store of 255 bytes', { ...good, store: `${'é'.repeat(127)}x` }],
    ['an empty store to seal', { ...good, plainSize: 0 }],
  ])('with %s it is read', (_what, header) => {
    expect(outcomeOf(header)).toBe('header')
  })

  test.each([
    ['cut short', JSON.stringify(good).slice(0, -1)],
    ['with a name twice', JSON.stringify(good).replace('"v":1', '"v":1,"v":1')],
    ['with bytes behind the object', `${JSON.stringify(good)}{}`],
    ['too deep', `{"deep":${'['.repeat(70)}${']'.repeat(70)},${JSON.stringify(good).slice(1)}`],
    ['empty', ''],
  ])('%s it is invalid', (_what, text) => {
    expect(outcomeOfText(text)).toBe('headerInvalid')
  })

  test('a reason never repeats foreign text but as short printable ASCII', () => {
    const reading = parseEnvelopeHeader(
      Buffer.from(JSON.stringify({ ...good, aead: `\u202e\u001b[31m${'x'.repeat(500)}` })),
    )
    expect(reading).toMatchObject({
      outcome: 'unknown',
      reason: expect.stringMatching(/^[\x20-\x7e]{1,120}$/),
    })
  })

  test('its own fields bind the wrapped key to its place', () => {
    expect(wrapContext(good)).toBe('KBE1|backup-encryption|1|20261120T020000Z-1a2b3c4d|metadata')
  })
})
