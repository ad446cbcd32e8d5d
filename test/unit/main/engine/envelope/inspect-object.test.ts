import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inspectObject } from '../../../../../src/main/engine/envelope/inspect-object.ts'
import type { InspectTask, Walker } from '../../../../../src/main/ports/byte-work.ts'
import { bytesOf, piecesOf, sealedObject, segmentBytes, sha256 } from '../../../../support/envelopes.ts'
import { tries } from '../../../../support/tries.ts'

const sealed = await sealedObject(3 * segmentBytes + 10)
const plain = bytesOf(700_000, 'plain')

const walkers = new Map<string, Walker>([
  [
    'counter',
    async (pieces, options) => {
      let bytes = 0
      for await (const piece of pieces) bytes += piece.byteLength
      return { bytes, options }
    },
  ],
  [
    'first piece',
    async (pieces) => {
      for await (const piece of pieces) return piece.byteLength > 0
      return false
    },
  ],
  ['never looks', () => Promise.resolve('nothing')],
  [
    'one step, no goodbye',
    async (pieces) => {
      const step = await pieces[Symbol.asyncIterator]().next()
      return step.done !== true
    },
  ],
  ['broken', () => Promise.reject(new TypeError('a fault of the walker'))],
  [
    'keeps errors to itself',
    async (pieces) => {
      try {
        for await (const piece of pieces) if (piece.byteLength < 0) return 'never'
      } catch {
        return 'all is well'
      }
      return 'read'
    },
  ],
])

function walking(walker: string, opening: InspectTask['opening'] = null): InspectTask {
  return { opening, walk: { walker, options: { any: 'thing' } } }
}

describe('reading an object once', () => {
  test('gives size and hash of the stored bytes as they stand', async () => {
    expect(await inspectObject(piecesOf(plain, 64_000), { opening: null, walk: null }, walkers)).toEqual({
      sizeBytes: 700_000,
      sha256: sha256(plain),
      body: null,
      content: null,
    })
  })

  test('of an empty object works', async () => {
    const result = await inspectObject(piecesOf(new Uint8Array(), 1), walking('counter'), walkers)
    expect(result).toMatchObject({ sizeBytes: 0, sha256: sha256(new Uint8Array()), content: { bytes: 0 } })
  })

  test('hands the plain bytes to the walker, with what it is told', async () => {
    const task = walking('counter', sealed.opening)
    expect(await inspectObject(piecesOf(sealed.bytes, 10_000), task, walkers)).toEqual({
      sizeBytes: sealed.bytes.byteLength,
      sha256: sha256(sealed.bytes),
      body: {
        outcome: 'authentic',
        plainSha256: sha256(sealed.plain),
        plainSizeBytes: sealed.plain.byteLength,
      },
      content: { bytes: sealed.plain.byteLength, options: { any: 'thing' } },
    })
  })

  test.each(['first piece', 'never looks', 'one step, no goodbye'])(
    'drains what the walker "%s" leaves',
    async (name) => {
      for (const [bytes, opening] of [
        [plain, null],
        [sealed.bytes, sealed.opening],
      ] as const) {
        const result = await inspectObject(piecesOf(bytes, 10_000), walking(name, opening), walkers)
        expect(result.sha256).toBe(sha256(bytes))
        expect(result.content).not.toBeNull()
        if (opening !== null) expect(result.body?.outcome).toBe('authentic')
      }
    },
  )

  test('believes no walker where the plain bytes had no authentic end, and still hashes all there is', async () => {
    const damaged = new Uint8Array(sealed.bytes)
    const at = sealed.opening.headerBytes.byteLength + segmentBytes + 20
    damaged[at] = (damaged[at] ?? 0) ^ 1
    const result = await inspectObject(piecesOf(damaged, 10_000), walking('counter', sealed.opening), walkers)
    expect(result).toEqual({
      sizeBytes: damaged.byteLength,
      sha256: sha256(damaged),
      body: { outcome: 'tampered', segment: 1, atByte: at - 4 },
      content: null,
    })
  })

  test('throws what the source throws, whatever the walker makes of it', async () => {
    async function* failing(): AsyncGenerator<Uint8Array, void, void> {
      yield plain.slice(0, 200_000)
      await Promise.resolve()
      throw new Error('the connection was lost')
    }
    for (const name of ['counter', 'never looks', 'keeps errors to itself']) {
      await expect(inspectObject(failing(), walking(name), walkers)).rejects.toThrow(
        'the connection was lost',
      )
    }
  })

  test('throws what a walker throws, and closes the source', async () => {
    const closed: string[] = []
    async function* source(): AsyncGenerator<Uint8Array, void, void> {
      try {
        yield* piecesOf(plain, 200_000)
      } finally {
        closed.push('source')
      }
    }
    const walker: Walker = async (pieces) => {
      for await (const piece of pieces) throw new TypeError(`a fault at a piece of ${piece.byteLength}`)
      return null
    }
    const task = walking('late fault')
    await expect(inspectObject(source(), task, new Map([['late fault', walker]]))).rejects.toThrow(TypeError)
    expect(closed).toEqual(['source'])
    await expect(inspectObject(piecesOf(plain, 1000), walking('broken'), walkers)).rejects.toThrow(TypeError)
    await expect(inspectObject(piecesOf(plain, 1000), walking('nobody'), walkers)).rejects.toThrow(
      'no walker',
    )
  })

  test('any bytes at all have an outcome and are hashed to the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 1, max: 500 }),
        fc.boolean(),
        async (noise, pieceBytes, keepsHeader) => {
          const bytes = keepsHeader ? Buffer.concat([sealed.opening.headerBytes, noise]) : noise
          const result = await inspectObject(
            piecesOf(bytes, pieceBytes),
            walking('counter', sealed.opening),
            walkers,
          )
          expect(result.sha256).toBe(sha256(bytes))
          expect(['truncated', 'tampered']).toContain(result.body?.outcome)
          expect(result.content).toBeNull()
        },
      ),
      { seed: 11, numRuns: tries(60) },
    )
  })
})
