import type { MasterKey } from '../../../../../src/main/ports/master-key.ts'
import { describe, expect, test } from 'vitest'
import { createKeyRing } from '../../../../../src/main/engine/envelope/key-ring.ts'
import { createEnvelope } from '../../../../../src/main/engine/envelope/new-envelope.ts'
import type { EnvelopeHeader } from '../../../../../src/shared/domain/envelope-header.ts'

import {
  bytesOf,
  installationSecret,
  masterKey,
  sealedObject,
  sealingKey,
  seededRandom,
} from '../../../../support/envelopes.ts'

const { opening } = await sealedObject(1000)
const { header, headerBytes } = opening

function withSalt(salt: string, keyVersion = 1): EnvelopeHeader {
  const kdf = { iterations: 1000, salt: Buffer.from(bytesOf(16, salt)).toString('base64') }
  return { ...header, kdf, keyVersion }
}

/** Counts key derivations. */
function counting(): {
  readonly installationSecret: Uint8Array
  readonly derive: (key: MasterKey, salt: Uint8Array, iterations: number) => Promise<Uint8Array>
  readonly derivations: () => number
} {
  let count = 0
  return {
    installationSecret,
    derive(key, salt, iterations) {
      count += 1
      return key.deriveKek(salt, iterations)
    },
    derivations: () => count,
  }
}

describe('the given master keys', () => {
  test('the right one among several opens an envelope', async () => {
    const keys = ['first', 'correct horse', 'third'].map(masterKey)
    const ring = createKeyRing(keys, { installationSecret })
    expect(await ring.tryOpen(header, headerBytes)).toEqual({
      outcome: 'opened',
      openingKey: { header, headerBytes, dataKey: new Uint8Array(opening.dataKey) },
      keyFingerprint: masterKey('correct horse').fingerprint(installationSecret),
    })
  })

  test('without a key nothing is derived', async () => {
    const parts = counting()
    expect(await createKeyRing([], parts).tryOpen(header, headerBytes)).toEqual({ outcome: 'noKey' })
    expect(parts.derivations()).toBe(0)
  })

  test('the data key has a buffer of its own, so that nothing else travels with it', async () => {
    const attempt = await createKeyRing([masterKey('correct horse')], { installationSecret }).tryOpen(
      header,
      headerBytes,
    )
    expect(attempt.outcome === 'opened' && attempt.openingKey.dataKey.buffer.byteLength).toBe(32)
  })

  test('the wrapped key is bound to key id, key version, backup and store', async () => {
    const ring = createKeyRing([masterKey('correct horse')], { installationSecret })
    const moved = [{ keyId: 'other' }, { keyVersion: 2 }, { backupId: 'other' }, { store: 'kms' }]
    for (const change of moved) {
      expect(await ring.tryOpen({ ...header, ...change }, headerBytes)).toMatchObject({
        outcome: 'noKeyFits',
      })
    }
  })

  test('every given key is tried, and another one that does not fit is no matter', async () => {
    const parts = counting()
    const ring = createKeyRing([masterKey('correct horse'), masterKey('other')], parts)
    expect((await ring.tryOpen(header, headerBytes)).outcome).toBe('opened')
    expect(parts.derivations()).toBe(2)
  })

  test('the same key given twice is one key', async () => {
    const parts = counting()
    const ring = createKeyRing([masterKey('correct horse'), masterKey('correct horse')], parts)
    expect((await ring.tryOpen(header, headerBytes)).outcome).toBe('opened')
    expect(parts.derivations()).toBe(1)
  })

  test('two texts that PBKDF2 takes for the same key are no two openers', async () => {
    const ring = createKeyRing([masterKey('correct horse'), masterKey('correct horse\0')], {
      installationSecret,
    })
    expect((await ring.tryOpen(header, headerBytes)).outcome).toBe('opened')
  })

  test('concurrent readers share one derivation', async () => {
    const parts = counting()
    const ring = createKeyRing([masterKey('correct horse')], parts)
    const attempts = await Promise.all(Array.from({ length: 20 }, () => ring.tryOpen(header, headerBytes)))
    expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['opened']))
    expect(parts.derivations()).toBe(1)
  })

  test('500 salts cost four derivations, and the rest say so', async () => {
    const parts = counting()
    const ring = createKeyRing([masterKey('correct horse')], parts)
    const attempts = await Promise.all(
      Array.from({ length: 500 }, (_none, salt) => ring.tryOpen(withSalt(`salt ${salt}`), headerBytes)),
    )
    expect(parts.derivations()).toBe(4)
    expect(attempts.filter(({ outcome }) => outcome === 'noKeyFits')).toHaveLength(4)
    const refused = attempts.filter((attempt) => attempt.outcome === 'notDerived')
    expect(refused).toHaveLength(496)
    expect(refused[0]?.reason).toMatch(/more than 4 different salts or iteration counts/)
  })

  test('the four derivations are counted for each key version, and those made stay good', async () => {
    const ring = createKeyRing([masterKey('correct horse')], { installationSecret })
    for (const salt of ['a', 'b', 'c']) await ring.tryOpen(withSalt(salt), headerBytes)
    expect((await ring.tryOpen(header, headerBytes)).outcome).toBe('opened')
    expect((await ring.tryOpen(withSalt('d'), headerBytes)).outcome).toBe('notDerived')
    expect((await ring.tryOpen(header, headerBytes)).outcome).toBe('opened')
    expect((await ring.tryOpen(withSalt('d', 2), headerBytes)).outcome).toBe('noKeyFits')
  })

  test('other iterations with the same salt are another derivation', async () => {
    const parts = counting()
    const ring = createKeyRing([masterKey('correct horse')], parts)
    await ring.tryOpen(header, headerBytes)
    await ring.tryOpen({ ...header, kdf: { ...header.kdf, iterations: 1001 } }, headerBytes)
    expect(parts.derivations()).toBe(2)
  })

  test('remember with which salt and iterations they have opened something', async () => {
    const ring = createKeyRing([masterKey('correct horse')], { installationSecret })
    await ring.tryOpen({ ...header, store: 'kms' }, headerBytes)
    expect(ring.hasOpened(header.kdf)).toBe(false)
    await ring.tryOpen(header, headerBytes)
    expect(ring.hasOpened(header.kdf)).toBe(true)
    expect(ring.hasOpened({ ...header.kdf, iterations: 1001 })).toBe(false)
    expect(ring.hasOpened(withSalt('other').kdf)).toBe(false)
  })

  test('a key that could not be derived is an error, not a key that does not fit', async () => {
    const ring = createKeyRing([masterKey('correct horse')], {
      installationSecret,
      derive: () => Promise.reject(new Error('no memory')),
    })
    await expect(ring.tryOpen(header, headerBytes)).rejects.toThrow('no memory')
    ring.close()
  })

  test('closing clears what was derived and refuses what comes after', async () => {
    const keks: Uint8Array[] = []
    const ring = createKeyRing([masterKey('correct horse')], {
      installationSecret,
      async derive(key, salt, iterations) {
        const kek = await key.deriveKek(salt, iterations)
        keks.push(kek)
        return kek
      },
    })
    await ring.tryOpen(header, headerBytes)
    expect(keks.map((kek) => kek.every((byte) => byte === 0))).toEqual([false])
    ring.close()
    await Promise.resolve()
    expect(keks.map((kek) => kek.every((byte) => byte === 0))).toEqual([true])
    await expect(ring.tryOpen(header, headerBytes)).rejects.toThrow('closed')
  })

  test('the same key has another fingerprint in another installation, and never a guessable one', async () => {
    const fingerprints = await Promise.all(
      ['here', 'there'].map(async (place) => {
        const ring = createKeyRing([masterKey('correct horse')], { installationSecret: bytesOf(32, place) })
        const attempt = await ring.tryOpen(header, headerBytes)
        return attempt.outcome === 'opened' ? attempt.keyFingerprint : null
      }),
    )
    expect(fingerprints[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(fingerprints[0]).not.toBe(fingerprints[1])
  })

  test('an envelope of the same master key under another salt opens too', async () => {
    const sealing = await sealingKey('correct horse', 'second cluster')
    const other = createEnvelope(
      sealing,
      { store: 'iam', backupId: 'b', plainSizeBytes: 0 },
      { random: seededRandom('other') },
    )
    const ring = createKeyRing([masterKey('correct horse')], { installationSecret })
    expect((await ring.tryOpen(other.header, other.headerBytes)).outcome).toBe('opened')
  })
})
