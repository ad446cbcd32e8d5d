import { randomBytes } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import {
  deriveKeys,
  kdfHeader,
  newKdfHeader,
  type SealKeys,
} from '../../../../../src/main/adapters/sealed-file/kdf.ts'
import {
  Damage,
  openRecord,
  readDocument,
  sealRecord,
  writeDocument,
  type Header,
  type SealedDocument,
} from '../../../../../src/main/adapters/sealed-file/sealed-document.ts'
import { forge } from './fixture.ts'

const salt = randomBytes(32)
const kdf = { ...newKdfHeader(salt), n: 2 ** 16 }
let keys: SealKeys
let header: Header
let document: SealedDocument
let text: string

beforeAll(async () => {
  keys = await deriveKeys('six random words are best', kdf)
  header = { format: 'holdfast sealed file', version: 1, kdf, commitment: keys.commitment.toString('base64') }
  const records = ['one', 'two', 'three'].map((id, index) =>
    sealRecord(
      Buffer.from(`secret ${id}`),
      { header, id, generation: index + 2 },
      { keys, nonce: randomBytes(12) },
    ),
  )
  document = { header, generation: 4, records }
  text = writeDocument(document, keys).toString('latin1')
})

function opens(changed: string): boolean {
  return readDocument(Buffer.from(changed, 'latin1')).isOpenedBy(keys)
}

/** The body as data, changed, with the old seal and a fitting checksum. */
function forged(change: (document: SealedDocument) => unknown): string {
  return forge(text, (body) => JSON.stringify(change(JSON.parse(body) as SealedDocument)))
}

test('a file opens under its own keys, and each record gives its secret', () => {
  expect(opens(text)).toBe(true)
  const read = readDocument(Buffer.from(text, 'latin1')).document
  expect(read).toEqual(document)
  expect(read.records.map((record) => Buffer.from(openRecord(record, read.header, keys)).toString())).toEqual(
    ['secret one', 'secret two', 'secret three'],
  )
})

test('any bit that flips is damage, and never a wrong passphrase', () => {
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.byteLength; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
      expect(() => readDocument(flipped), `byte ${at}, bit ${bit}`).toThrow(Damage)
    }
  }
})

test('a file that is cut, or has more at its end, is damage', () => {
  for (let length = 0; length < text.length; length += 1) {
    expect(() => readDocument(Buffer.from(text.slice(0, length), 'latin1')), `${length} bytes`).toThrow(
      Damage,
    )
  }
  expect(() => readDocument(Buffer.from(`${text}\n`, 'latin1'))).toThrow(Damage)
  expect(() => readDocument(Buffer.from(text + text, 'latin1'))).toThrow(Damage)
})

test('whoever has no passphrase can exchange, drop, repeat or age no record, not even with a fitting checksum', () => {
  const changes: ((document: SealedDocument) => unknown)[] = [
    (was) => ({ ...was, generation: was.generation + 1 }),
    (was) => ({ ...was, generation: was.generation - 1 }),
    (was) => ({ ...was, records: was.records.slice(1) }),
    (was) => ({ ...was, records: [...was.records].reverse() }),
    (was) => ({ ...was, records: [] }),
    ({ records: [one, two, ...rest], ...was }) => ({
      ...was,
      records: [{ ...one, sealed: two?.sealed }, { ...two, sealed: one?.sealed }, ...rest],
    }),
    ({ records: [one, two, ...rest], ...was }) => ({
      ...was,
      records: [{ ...one, id: two?.id }, { ...two, id: one?.id }, ...rest],
    }),
    ({ records: [one, ...rest], ...was }) => ({ ...was, records: [{ ...one, generation: 9 }, ...rest] }),
  ]
  for (const change of changes) {
    expect(() => opens(forged(change)), String(change)).toThrow(Damage)
  }
  expect(() =>
    readDocument(Buffer.from(forged((was) => ({ ...was, records: [was.records[0], was.records[0]] })))),
  ).toThrow('same id')
})

test('a record opens only under its own id, generation and header, also for whoever reads past the seal', () => {
  const [one, two] = document.records
  if (one === undefined || two === undefined) throw new Error('not there')
  const other = { ...header, kdf: { ...kdf, n: 2 ** 17 } }
  expect(Buffer.from(openRecord(one, header, keys)).toString()).toBe('secret one')
  for (const [record, under] of [
    [{ ...one, id: 'two' }, header],
    [{ ...one, generation: 3 }, header],
    [{ ...one, sealed: two.sealed }, header],
    [{ ...one, sealed: one.sealed.slice(0, 16) }, header],
    [one, other],
  ] as const) {
    expect(() => openRecord(record, under, keys)).toThrow(Damage)
  }
})

test('another salt or commitment is another passphrase’s file, not an opened one', () => {
  const other = randomBytes(32).toString('base64')
  expect(opens(forged((was) => ({ ...was, header: { ...was.header, commitment: other } })))).toBe(false)
})

test('parameters that are weak, or would take all memory or hours, are refused before anything is derived', () => {
  const weak: readonly (readonly [string, object])[] = [
    ['N = 2^10', { n: 2 ** 10 }],
    ['N = 2^15', { n: 2 ** 15 }],
    ['N = 2^21', { n: 2 ** 21 }],
    ['N = 2^30', { n: 2 ** 30 }],
    ['N no power of two', { n: 2 ** 17 + 1 }],
    ['N a fraction', { n: 65536.5 }],
    ['N negative', { n: -(2 ** 17) }],
    ['N as text', { n: '131072' }],
    ['N and r of 2 GiB together', { n: 2 ** 20, r: 16 }],
    ['r = 0', { r: 0 }],
    ['r = 1', { r: 1 }],
    ['r = 10^6', { r: 10 ** 6 }],
    ['p = 0', { p: 0 }],
    ['p = 10^6', { p: 10 ** 6 }],
    ['a short salt', { salt: 'AAAA' }],
    ['no salt', { salt: undefined }],
    ['an unknown function', { name: 'argon2id' }],
    ['no function', { name: 'none' }],
    ['a field of its own', { rounds: 1 }],
  ]
  for (const [name, change] of weak) {
    expect(kdfHeader.safeParse({ ...kdf, ...change }).success, name).toBe(false)
    const file = forged((was) => ({ ...was, header: { ...was.header, kdf: { ...kdf, ...change } } }))
    expect(() => readDocument(Buffer.from(file, 'latin1')), name).toThrow(Damage)
  }
  for (const version of [0, 2, '1', null]) {
    const file = forged((was) => ({ ...was, header: { ...was.header, version } }))
    expect(() => readDocument(Buffer.from(file, 'latin1'))).toThrow('header.version')
  }
  expect(kdfHeader.safeParse({ ...kdf, n: 2 ** 16 }).success).toBe(true)
  expect(kdfHeader.safeParse({ ...kdf, n: 2 ** 20, r: 8, p: 1 }).success).toBe(true)
  expect(kdfHeader.safeParse({ ...kdf, n: 2 ** 19, r: 8, p: 4 }).success).toBe(true)
})

test('what is written is at the floor or above it', () => {
  const low = { ...document, header: { ...header, kdf: { ...kdf, n: 2 ** 14 } } }
  expect(() => writeDocument(low, keys)).toThrow('n')
  expect(newKdfHeader(salt)).toMatchObject({ name: 'scrypt', n: 2 ** 17, r: 8, p: 1 })
})

test('the file shows no secret and no key', () => {
  for (const hidden of [keys.encryption, keys.seal]) {
    expect(text).not.toContain(hidden.toString('base64'))
    expect(text).not.toContain(hidden.toString('hex'))
  }
  expect(text).not.toContain('secret one')
  expect(text).not.toContain(Buffer.from('secret one').toString('base64'))
})
