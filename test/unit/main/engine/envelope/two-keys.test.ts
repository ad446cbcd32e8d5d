import { expect, test } from 'vitest'
import { createKeyRing } from '../../../../../src/main/engine/envelope/key-ring.ts'
import { unwrapDataKey } from '../../../../../src/main/engine/envelope/data-key-wrap.ts'
import { wrapContext } from '../../../../../src/shared/domain/envelope-header.ts'
import { installationSecret, masterKey, sealedObject } from '../../../../support/envelopes.ts'
import { wrapUnderTwoKeys } from '../../../../support/two-key-wrap.ts'

test('an object crafted to open under two master keys is told as such, never opened with either', async () => {
  const { opening } = await sealedObject(10)
  const { salt, iterations } = opening.header.kdf
  const keys = [masterKey('one'), masterKey('two')] as const
  const saltBytes = Buffer.from(salt, 'base64')
  const keks = await Promise.all([
    keys[0].deriveKek(saltBytes, iterations),
    keys[1].deriveKek(saltBytes, iterations),
  ])
  const ct = wrapUnderTwoKeys(
    keks,
    Buffer.from(opening.header.wrap.iv, 'base64'),
    Buffer.from(wrapContext(opening.header), 'utf8'),
  )
  const header = {
    ...opening.header,
    wrap: { ...opening.header.wrap, ct: Buffer.from(ct).toString('base64') },
  }
  // Each key alone opens it, each to a data key of its own.
  const dataKeys = keks.map((kek) => unwrapDataKey(header, kek))
  expect(dataKeys.map((dataKey) => dataKey?.byteLength)).toEqual([32, 32])
  expect(dataKeys[0]).not.toEqual(dataKeys[1])

  const ring = createKeyRing(keys, { installationSecret })
  expect(await ring.tryOpen(header, opening.headerBytes)).toEqual({ outcome: 'severalKeysFit' })
  expect(ring.hasOpened(header.kdf)).toBe(false)
})
