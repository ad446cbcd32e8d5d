import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openAuthentic, openSegments } from '../../../../../src/main/engine/envelope/open-segments.ts'
import { sealSegments } from '../../../../../src/main/engine/envelope/seal-segments.ts'
import { sealedSizeBytes } from '../../../../../src/shared/domain/envelope-sizes.ts'
import type { SealedBody } from '../../../../../src/shared/domain/object-facts.ts'
import type { OpeningKey } from '../../../../../src/main/ports/byte-work.ts'
import {
  bytesOf,
  collect,
  piecesOf,
  sealedObject,
  sealingKey,
  segmentBytes,
  sha256,
} from '../../../../support/envelopes.ts'
import { tries } from '../../../../support/tries.ts'

const sealing = await sealingKey()

async function openAll(
  source: AsyncIterable<Uint8Array>,
  opening: OpeningKey,
): Promise<{ readonly plain: Uint8Array; readonly body: SealedBody }> {
  const pieces = openSegments(source, opening)
  const plain: Uint8Array[] = []
  for (;;) {
    const step = await pieces.next()
    if (step.done === true) return { plain: new Uint8Array(Buffer.concat(plain)), body: step.value }
    plain.push(step.value)
  }
}

/** Cut into pieces of the given sizes, over and over. */
async function* cutBy(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void, void> {
  let from = 0
  for (let i = 0; from < bytes.byteLength; i += 1) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.slice(from, from + size)
    from += size
  }
}

describe('sealing and opening', () => {
  test('give back the same bytes, whatever the size and wherever the pieces are cut', async () => {
    const nearAnEdge = fc
      .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -17, max: 17 }))
      .map(([segments, off]) => Math.max(0, segments * segmentBytes + off))
    const pieceSizes = fc
      .array(fc.integer({ min: 0, max: 150_000 }), { minLength: 1, maxLength: 6 })
      .filter((sizes) => sizes.some((size) => size > 200))
    await fc.assert(
      fc.asyncProperty(nearAnEdge, pieceSizes, pieceSizes, async (sizeBytes, sealSizes, openSizes) => {
        const { opening, plain, bytes } = await sealedObject(sizeBytes, { seed: `${sizeBytes}`, sealing })
        const sealedAgain = await collect(sealSegments(cutBy(plain, sealSizes), opening))
        expect(Buffer.compare(sealedAgain, bytes)).toBe(0)
        const headerLength = opening.headerBytes.byteLength - 8
        expect(bytes.byteLength).toBe(sealedSizeBytes(headerLength, sizeBytes, segmentBytes))
        const opened = await openAll(cutBy(bytes, openSizes), opening)
        expect(opened.body).toEqual({
          outcome: 'authentic',
          plainSha256: sha256(plain),
          plainSizeBytes: sizeBytes,
        })
        expect(Buffer.compare(opened.plain, plain)).toBe(0)
      }),
      { seed: 7, numRuns: tries(40) },
    )
  })

  test.each([0, 1, segmentBytes - 1, segmentBytes, segmentBytes + 1])(
    'of %d bytes works byte by byte',
    async (size) => {
      const { opening, plain, bytes } = await sealedObject(size, { sealing })
      const opened = await openAll(piecesOf(bytes, 1), opening)
      expect(opened.body.outcome).toBe('authentic')
      expect(Buffer.compare(opened.plain, plain)).toBe(0)
      expect(Buffer.compare(await collect(sealSegments(piecesOf(plain, 1), opening)), bytes)).toBe(0)
    },
  )

  test('leave the caller its header', async () => {
    const { opening } = await sealedObject(10, { sealing })
    const [first] = [await sealSegments(piecesOf(bytesOf(10, 'x'), 10), opening).next()]
    expect(first.value).toEqual(new Uint8Array(opening.headerBytes))
    expect(first.value?.buffer).not.toBe(opening.headerBytes.buffer)
  })
})

describe('sealing a source of another length than announced', () => {
  const announced = 2 * segmentBytes + 100

  test.each([announced - 1, announced + 1, 2 * segmentBytes, 0, 5 * segmentBytes])(
    'of %d bytes fails before the last segment is given out',
    async (sizeBytes) => {
      const { opening } = await sealedObject(announced, { sealing })
      let givenBytes = 0
      const sealingIt = async (): Promise<void> => {
        const source = piecesOf(bytesOf(sizeBytes, 'grown'), 30_000)
        for await (const piece of sealSegments(source, opening)) givenBytes += piece.byteLength
      }
      await expect(sealingIt()).rejects.toMatchObject({ code: 'object.changed' })
      expect(givenBytes).toBeLessThanOrEqual(opening.headerBytes.byteLength + 2 * (segmentBytes + 16))
    },
  )

  test('of one byte for an empty store fails', async () => {
    const { opening } = await sealedObject(0, { sealing })
    await expect(collect(sealSegments(piecesOf(bytesOf(1, 'x'), 1), opening))).rejects.toMatchObject({
      code: 'object.changed',
    })
  })
})

describe('opening', () => {
  test('gives out no byte of a segment before its tag was read', async () => {
    const { opening, bytes } = await sealedObject(2 * segmentBytes, { sealing })
    const firstTagEnd = opening.headerBytes.byteLength + segmentBytes + 16
    let readBytes = 0
    async function* watched(): AsyncGenerator<Uint8Array, void, void> {
      for await (const piece of piecesOf(bytes, 200_000)) {
        readBytes += piece.byteLength
        yield piece
      }
    }
    const first = await openSegments(watched(), opening).next()
    expect(first.done).toBe(false)
    expect(readBytes).toBeGreaterThanOrEqual(firstTagEnd)

    const cut = bytes.slice(0, firstTagEnd - 1)
    expect((await openAll(piecesOf(cut, 1000), opening)).plain.byteLength).toBe(0)
  })

  test('for a reader who needs every byte ends with an error where the object is not authentic', async () => {
    const { opening, plain, bytes } = await sealedObject(segmentBytes + 5, { sealing })
    expect(Buffer.compare(await collect(openAuthentic(piecesOf(bytes, 999), opening)), plain)).toBe(0)
    await expect(collect(openAuthentic(piecesOf(bytes.slice(0, -1), 999), opening))).rejects.toMatchObject({
      code: 'object.unreadable',
      message: expect.stringContaining('It ends before its sealed end'),
    })
  })

  test('closes its source when the reader leaves', async () => {
    const { opening, bytes } = await sealedObject(3 * segmentBytes, { sealing })
    const closed: string[] = []
    async function* source(): AsyncGenerator<Uint8Array, void, void> {
      try {
        yield* piecesOf(bytes, 140_000)
      } finally {
        closed.push('source')
      }
    }
    for await (const piece of openSegments(source(), opening)) {
      expect(piece.byteLength).toBeGreaterThan(0)
      break
    }
    expect(closed).toEqual(['source'])
  })
})
