import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseEnvelopeHeader } from '../../../../../src/shared/domain/envelope-header.ts'
import { sealedSizeBytes } from '../../../../../src/shared/domain/envelope-sizes.ts'
import { readEnvelopeStart } from '../../../../../src/shared/domain/envelope-start.ts'
import { inspectObject } from '../../../../../src/main/engine/envelope/inspect-object.ts'
import { createKeyRing } from '../../../../../src/main/engine/envelope/key-ring.ts'
import { sealSegments } from '../../../../../src/main/engine/envelope/seal-segments.ts'
import type { OpeningKey } from '../../../../../src/main/ports/byte-work.ts'
import { collect, installationSecret, masterKey, piecesOf, sha256 } from '../../../../support/envelopes.ts'
import golden from '../../../../vectors/kbe1-golden.json' with { type: 'json' }

const objects = Object.entries(golden.objects)

function plainOf(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_zero, i) => (7 * i + Math.floor(i / 256)) % 251)
}

function openingOf(object: { readonly headerJson: string; readonly dataKey: string }): OpeningKey {
  const json = Buffer.from(object.headerJson, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(json.byteLength)
  const reading = parseEnvelopeHeader(json)
  if (reading.outcome !== 'header') throw new Error(reading.reason)
  return {
    header: reading.header,
    headerBytes: Buffer.concat([Buffer.from('KBE1'), length, json]),
    dataKey: Buffer.from(object.dataKey, 'hex'),
  }
}

describe('objects sealed by an independent program', () => {
  test.each(objects)('%s: this console seals the same bytes', async (_name, object) => {
    const opening = openingOf(object)
    const bytes = await collect(sealSegments(piecesOf(plainOf(object.plainSize), 1000), opening))
    expect(sha256(bytes)).toBe(object.objectSha256)
    expect(bytes.byteLength).toBe(object.objectSize)
    const { plainSizeBytes, segmentBytes } = opening.header
    const headerLength = opening.headerBytes.byteLength - 8
    expect(sealedSizeBytes(headerLength, plainSizeBytes, segmentBytes)).toBe(object.objectSize)
  })

  test.each(objects)('%s: its master key opens it', async (_name, object) => {
    const opening = openingOf(object)
    const ring = createKeyRing([masterKey(object.masterKey)], { installationSecret })
    const attempt = await ring.tryOpen(opening.header, opening.headerBytes)
    ring.close()
    expect(attempt.outcome === 'opened' && Buffer.from(attempt.openingKey.dataKey).toString('hex')).toBe(
      object.dataKey,
    )
  })

  test.each([golden.objects.small, golden.objects.empty])(
    'the stored bytes are read to the end',
    async (object) => {
      const bytes = Buffer.from(object.objectBase64, 'base64')
      const start = readEnvelopeStart(bytes, true)
      if (start.outcome !== 'header') throw new Error(start.outcome)
      const ring = createKeyRing([masterKey(object.masterKey)], { installationSecret })
      const attempt = await ring.tryOpen(start.header, start.headerBytes)
      ring.close()
      if (attempt.outcome !== 'opened') throw new Error(attempt.outcome)
      const task = { opening: attempt.openingKey, walk: null }
      expect(await inspectObject(piecesOf(bytes, 100), task, new Map())).toEqual({
        sizeBytes: object.objectSize,
        sha256: object.objectSha256,
        body: { outcome: 'authentic', plainSha256: object.plainSha256, plainSizeBytes: object.plainSize },
        content: null,
      })
    },
  )

  test('a master key is taken as typed: a blank more or less is another key', async () => {
    const opening = openingOf(golden.objects.small)
    const ring = createKeyRing([masterKey(golden.objects.small.masterKey.trim())], { installationSecret })
    expect(await ring.tryOpen(opening.header, opening.headerBytes)).toMatchObject({ outcome: 'noKeyFits' })
    ring.close()
  })

  test('the plain bytes are those that the vectors describe', () => {
    for (const [, object] of objects) {
      expect(createHash('sha256').update(plainOf(object.plainSize)).digest('hex')).toBe(object.plainSha256)
    }
  })
})
