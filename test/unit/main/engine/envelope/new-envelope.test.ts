import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  createEnvelope,
  deriveSealingKey,
  kdfIterations,
  newKdfRecord,
} from '../../../../../src/main/engine/envelope/new-envelope.ts'
import { readEnvelopeStart, usualStartBytes } from '../../../../../src/shared/domain/envelope-start.ts'
import { masterKey, sealingKey, seededRandom } from '../../../../support/envelopes.ts'

const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)) }
const sealing = await sealingKey()
const store = { store: 'metadata', backupId: 'b', plainSizeBytes: 5 }

describe('a new envelope', () => {
  test('has a data key, an iv and a nonce prefix of its own at every call', () => {
    const drawn = new Set<string>()
    const calls = 100_000
    for (let call = 0; call < calls; call += 1) {
      const { header, dataKey } = createEnvelope(sealing, store, { random })
      drawn.add(Buffer.from(dataKey).toString('hex')).add(header.noncePrefix).add(header.wrap.iv)
    }
    expect(drawn.size).toBe(3 * calls)
  })

  test('is read by the reader as it was returned', () => {
    const { header, headerBytes } = createEnvelope(sealing, store, { random: seededRandom('fixed') })
    expect(readEnvelopeStart(headerBytes, true)).toEqual({
      outcome: 'header',
      header,
      headerBytes: new Uint8Array(headerBytes),
    })
    expect(header.segmentBytes).toBe(1_048_576)
  })

  test('keeps its header within the first 4 KiB, with the longest names too', () => {
    const longest = '"'.repeat(255)
    const { headerBytes } = createEnvelope(
      { ...sealing, keyId: longest, keyVersion: Number.MAX_SAFE_INTEGER },
      {
        store: longest,
        backupId: longest,
        plainSizeBytes: Number.MAX_SAFE_INTEGER,
        segmentBytes: 16 * 1024 * 1024,
      },
      { random },
    )
    expect(headerBytes.byteLength).toBeLessThan(usualStartBytes)
    expect(readEnvelopeStart(headerBytes, true).outcome).toBe('header')
  })

  test('uses 200 000 iterations and a fresh salt for a new record, whatever lies in the repository', () => {
    const records = [newKdfRecord({ random }), newKdfRecord({ random })]
    expect(records.map(({ iterations }) => iterations)).toEqual([200_000, 200_000])
    expect(kdfIterations).toBe(200_000)
    expect(records[0]?.salt.byteLength).toBe(16)
    expect(records[0]?.salt).not.toEqual(records[1]?.salt)
  })

  test('is never made with fewer than 1 000 iterations', async () => {
    const record = { keyId: 'k', keyVersion: 1, kdf: { salt: random.bytes(16), iterations: 999 } }
    await expect(deriveSealingKey(masterKey('x'), record)).rejects.toThrow(RangeError)
    expect(() => createEnvelope({ ...record, kek: new Uint8Array(32) }, store, { random })).toThrow(
      RangeError,
    )
  })

  test.each([
    ['a store with "|"', { ...store, store: 'a|b' }],
    ['a plain size that is not known exactly', { ...store, plainSizeBytes: 2 ** 53 }],
    ['more than 2^32 segments', { ...store, plainSizeBytes: 2 ** 48 + 1, segmentBytes: 65_536 }],
    ['a segment of 1 KiB', { ...store, segmentBytes: 1024 }],
  ])('is refused for %s', (_what, wanted) => {
    expect(() => createEnvelope(sealing, wanted, { random })).toThrow(RangeError)
  })

  test('with a salt of another length than 16 bytes is refused', () => {
    const short = { ...sealing, kdf: { ...sealing.kdf, salt: random.bytes(8) } }
    expect(() => createEnvelope(short, store, { random })).toThrow(RangeError)
  })
})
