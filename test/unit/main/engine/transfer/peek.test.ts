import { expect, test } from 'vitest'
import { peek } from '../../../../../src/main/engine/transfer/peek.ts'
import { collect } from '../../../../conformance/store-helpers.ts'

/** Pieces of one byte each, and whether whoever reads them has closed them. */
function source(count: number) {
  const state = { isOpen: false }
  async function* pieces(): AsyncGenerator<Uint8Array> {
    state.isOpen = true
    try {
      for (let at = 0; at < count; at += 1) yield Uint8Array.of(at)
    } finally {
      state.isOpen = false
    }
  }
  return { state, pieces: pieces() }
}

test('Gives the first bytes, and then all of them', async () => {
  const { state, pieces } = source(5)
  await using peeked = await peek(pieces, () => 2)
  expect(peeked.first).toEqual({ bytes: Buffer.of(0, 1), isWhole: false })
  expect(await collect(peeked.pieces)).toEqual(Uint8Array.of(0, 1, 2, 3, 4))
  expect(state.isOpen).toBe(false)
})

test('Says where the first bytes are all there are', async () => {
  const { pieces } = source(1)
  await using peeked = await peek(pieces, () => 4)
  expect(peeked.first).toEqual({ bytes: Uint8Array.of(0), isWhole: true })
  expect(await collect(peeked.pieces)).toEqual(Uint8Array.of(0))
})

test('Closes a source whose pieces nobody has begun to read, closed or disposed of', async () => {
  const closed = source(5)
  const { pieces } = await peek(closed.pieces, () => 2)
  expect(closed.state.isOpen).toBe(true)
  await pieces[Symbol.asyncIterator]().return?.()
  expect(closed.state.isOpen).toBe(false)

  const left = source(5)
  {
    await using _ = await peek(left.pieces, () => 2)
    expect(left.state.isOpen).toBe(true)
  }
  expect(left.state.isOpen).toBe(false)
})

test('Closes a source whose beginning cannot be judged', async () => {
  const { state, pieces } = source(5)
  await expect(
    peek(pieces, (bytes) => {
      if (bytes.byteLength > 0) throw new Error('no such beginning')
      return 1
    }),
  ).rejects.toThrow('no such beginning')
  expect(state.isOpen).toBe(false)
})
