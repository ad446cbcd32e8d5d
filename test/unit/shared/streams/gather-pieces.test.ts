import { describe, expect, test } from 'vitest'
import { gatherPieces } from '../../../../src/shared/streams/gather-pieces.ts'
import { pieceBytes } from '../../../../src/shared/streams/piece-pool.ts'
import { bytesOf, collect, piecesOf } from '../../../support/envelopes.ts'

const bytes = bytesOf(1_200_000, 'gathered')

async function sizesOf(pieces: AsyncIterable<Uint8Array>): Promise<readonly number[]> {
  const sizes: number[] = []
  for await (const piece of gatherPieces(pieces)) sizes.push(piece.byteLength)
  return sizes
}

async function* these(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  yield* pieces
}

describe('gathered pieces', () => {
  test.each([3, 999, 65_536, 131_071, 131_072, 1_200_000])(
    'of %d bytes are the same bytes',
    async (sizeBytes) => {
      expect(Buffer.compare(await collect(gatherPieces(piecesOf(bytes, sizeBytes))), bytes)).toBe(0)
    },
  )

  test('of a socket are put together', async () => {
    expect(await sizesOf(piecesOf(bytes, 1460))).toEqual([pieceBytes, pieceBytes, 1_200_000 - 2 * pieceBytes])
  })

  test('that are large pass uncopied, after the small ones before them', async () => {
    const large = new Uint8Array(pieceBytes)
    const pieces: Uint8Array[] = []
    for await (const piece of gatherPieces(these(bytes.slice(0, 5), new Uint8Array(), large)))
      pieces.push(piece)
    expect(pieces.map((piece) => piece.byteLength)).toEqual([5, pieceBytes])
    expect(pieces[1]).toBe(large)
    expect(pieces[0]?.buffer.byteLength).toBe(5)
  })

  test('that are empty vanish', async () => {
    expect(await sizesOf(these(new Uint8Array(), new Uint8Array()))).toEqual([])
  })
})
