import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { seal, u32, writeInto, writeKiok, type Fields } from '../../../lab/another-hand.ts'
import { older, newer, nights, kmsIs, kmsPlain, kmsSealed, kmsOfSegments, kms, every } from './nights.ts'
import { bad, flipped, row, sound, type Row } from './row.ts'

export const envelopeRows: readonly Row[] = [
  row('an object without bytes', 'kiok', kmsIs(Buffer.alloc(0)), kms('intact, envelope.truncated E')),
  row('a beginning of the magic', 'kiok', kmsIs(Buffer.from('KBE')), kms('intact, envelope.truncated E')),
  row(
    'an end within the header',
    'kiok',
    kmsIs(kmsSealed().bytes.subarray(0, 100)),
    kms('intact, envelope.truncated E'),
  ),
  row(
    'an end before the first segment',
    'kiok',
    kmsIs(kmsSealed().start),
    kms('intact, envelope.truncated E'),
  ),
  row(
    'an end within a segment',
    'kiok',
    kmsOfSegments(({ bytes }) => [bytes.subarray(0, -30_000)]),
    kms('intact, envelope.truncated E'),
  ),
  row(
    'an end between two segments',
    'kiok',
    kmsOfSegments(({ start, segments }) => [start, ...segments.slice(0, 2)]),
    kms('intact, envelope.truncated E'),
  ),
  row(
    'a last segment that is not marked as one',
    'kiok',
    kmsOfSegments(({ bytes }) => [bytes], { lastSegment: 99 }),
    kms('intact, envelope.truncated E'),
  ),
  row(
    'bytes behind the end',
    'kiok',
    kmsOfSegments(({ bytes }) => [bytes, Buffer.from('x')]),
    kms('intact, envelope.trailingBytes E'),
  ),
  row(
    'segments behind one that is marked as the last',
    'kiok',
    kmsOfSegments(({ bytes }) => [bytes], { lastSegment: 1 }),
    kms('intact, envelope.trailingBytes E'),
  ),
  row(
    'a byte that flipped',
    'kiok',
    kmsOfSegments(({ bytes }) => [flipped(bytes, bytes.byteLength - 100)]),
    kms('intact, envelope.tampered E'),
  ),
  row(
    'segments in another order',
    'kiok',
    kmsOfSegments(({ start, segments: [a, b, c, d] }) => [start, b, a, c, d].map((part) => part ?? start)),
    kms('intact, envelope.tampered E'),
  ),
  row(
    'a segment twice',
    'kiok',
    kmsOfSegments(({ start, segments: [a, , c, d] }) => [start, a, a, c, d].map((part) => part ?? start)),
    kms('intact, envelope.tampered E'),
  ),
  row(
    'a header of another store, beside good ones',
    'kiok',
    kmsIs(replaced(kmsSealed().bytes, '"store": "kms"', '"store": "iam"')),
    kms('intact, envelope.tampered E'),
  ),
  row(
    'no length',
    'kiok',
    kmsIs(Buffer.concat([Buffer.from('KBE1'), u32(0), Buffer.alloc(100)])),
    kms('intact, envelope.headerInvalid E'),
  ),
  row(
    'a length of 65537',
    'kiok',
    kmsIs(Buffer.concat([Buffer.from('KBE1'), u32(65_537), Buffer.alloc(70_000)])),
    kms('intact, envelope.headerInvalid E'),
  ),
  ...[
    { segment: 65_535 },
    { segment: 16 * 1024 * 1024 + 1 },
    { noncePrefix: 'AAAA' },
    { noncePrefix: undefined },
    { keyVersion: 0 },
    { keyVersion: 1.5 },
    { keyId: 'a|b' },
    { keyId: '' },
    { store: 'a\tb' },
    { backupId: 'x'.repeat(256) },
    { plainSize: -1 },
    { plainSize: 1e300 },
    { v: '1' },
    { aead: undefined },
    { wrap: { iv: 'AAAA', ct: 'AAAA' } },
    { kdf: { name: 'PBKDF2-HMAC-SHA256', iterations: 999, salt: 'AAAAAAAAAAAAAAAAAAAAAA==' } },
    { kdf: { name: 'PBKDF2-HMAC-SHA256', iterations: 10_000_001, salt: 'AAAAAAAAAAAAAAAAAAAAAA==' } },
    { kdf: { name: 'PBKDF2-HMAC-SHA256', iterations: 1000, salt: 'AAAAAAAAAAAAAAAAAAAAAA' } },
  ].map((header: Fields) =>
    row(
      `a header with ${JSON.stringify(header).slice(0, 60)}`,
      'kiok',
      kmsIs(kmsSealed({ header }).bytes),
      kms('intact, envelope.headerInvalid E'),
    ),
  ),
  row(
    'a header with a name twice',
    'kiok',
    kmsIs(kmsSealed({ text: (text) => text.replace('{', '{"v":1,') }).bytes),
    kms('intact, envelope.headerInvalid E'),
  ),
  row(
    'a header that is no JSON',
    'kiok',
    kmsIs(kmsSealed({ text: (text) => text.slice(1) }).bytes),
    kms('intact, envelope.headerInvalid E'),
  ),
  ...[{ v: 2 }, { aead: 'ChaCha20-Poly1305' }, { kdf: { name: 'scrypt' } }, { v: 2, segment: 1 }].map(
    (header: Fields) =>
      row(
        `a header with ${JSON.stringify(header)}`,
        'kiok',
        kmsIs(kmsSealed({ header }).bytes),
        kms('intact, envelope.unknown E'),
      ),
  ),
  row(
    'bytes of no known kind',
    'kiok',
    kmsIs(Buffer.from('something else')),
    kms('intact, envelope.unknown E'),
  ),
  row(
    'the object of another store',
    'kiok',
    kmsIs(seal(kmsPlain, 'iam', newer).bytes),
    kms('decrypts, envelope.misplaced E'),
  ),
  row(
    'the object of another backup',
    'kiok',
    kmsIs(seal(kmsPlain, 'kms', older).bytes),
    kms('decrypts, envelope.misplaced E'),
  ),
  row(
    'an object under another key id',
    'kiok',
    kmsIs(kmsSealed({ keyId: 'other' }).bytes),
    kms('decrypts, envelope.misplaced E'),
  ),
  row(
    'an object under another key version',
    'kiok',
    kmsIs(kmsSealed({ keyVersion: 2 }).bytes),
    kms('decrypts, envelope.misplaced E'),
  ),
  row(
    'an object of another size',
    'kiok',
    nights((stores) => void Object.assign(stores['kms'] ?? {}, { size: 3 })),
    kms('decrypts, envelope.misplaced E'),
  ),
  row(
    'the object of another store, without a key',
    'kiok',
    kmsIs(seal(kmsPlain, 'iam', newer).bytes),
    {
      ...bad,
      stores: { ...every('intact, key.missing W'), kms: 'intact, envelope.misplaced E, key.missing W' },
    },
    { key: null },
  ),

  row(
    'another master key',
    'kiok',
    nights(),
    { ...bad, stores: every('intact, envelope.wrongKey E') },
    { key: 'another' },
  ),
  row(
    'another master key, and changed bytes',
    'kiok',
    (folder) => {
      nights()(folder)
      const file = join(folder, newer, 'kms.enc')
      writeInto(folder, `${newer}/kms.enc`, flipped(readFileSync(file), 500))
    },
    { ...bad, stores: { ...every('intact, envelope.wrongKey E'), kms: 'present, object.hashMismatch E' } },
    { key: 'another' },
  ),
  row(
    'no master key',
    'kiok',
    nights(),
    { ...sound, verdict: 'unknown', stores: every('intact, key.missing W') },
    { key: null },
  ),
  row(
    'no master key for the level asked for',
    'kiok',
    nights(),
    { status: 1, verdict: 'unknown', findings: [], stores: every('intact, key.missing E') },
    { key: null, level: 'decrypts' },
  ),
  row(
    'a level below the highest',
    'kiok',
    nights(),
    { ...sound, verdict: 'unknown', stores: every('intact') },
    { level: 'intact' },
  ),
  row('a level above the highest', 'kiok', nights(), sound, { level: 'wellFormed' }),
  row(
    'nothing sealed',
    'kiok',
    (folder) => void writeKiok(folder, newer, { plain: true }),
    { ...sound, verdict: 'warning', stores: every('matches, backup.unencrypted W') },
    { key: null },
  ),
  row(
    'an envelope that was taken off',
    'kiok',
    nights((stores) => void Object.assign(stores['kms'] ?? {}, { keyId: null }), {
      objects: { kms: kmsPlain },
    }),
    kms('matches, backup.unencrypted E'),
  ),
  row(
    'an envelope that was taken off, and a key still named',
    'kiok',
    (folder) => {
      const { stores } = writeKiok(folder, newer, { plain: true })
      writeKiok(folder, newer, { holds: [], copies: { ...stores, kms: { ...stores['kms'], keyId: 'k' } } })
    },
    { ...bad, stores: { ...every('matches, backup.unencrypted W'), kms: 'matches, backup.unencrypted E' } },
    { key: null },
  ),
  row(
    'plain bytes that are not the recorded ones',
    'kiok',
    (folder) => {
      const { stores } = writeKiok(folder, newer, { plain: true })
      writeKiok(folder, newer, {
        holds: [],
        copies: { ...stores, kms: { ...stores['kms'], sha256: '0'.repeat(64) } },
      })
    },
    { ...bad, stores: { ...every('matches, backup.unencrypted W'), kms: 'intact, envelope.unknown E' } },
    { key: null },
  ),
]

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1')
}
