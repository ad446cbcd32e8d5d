import { describe, expect, test } from 'vitest'
import { watched } from '../../../../src/shared/streams/watched.ts'
import { watchedSource } from '../../../support/sources.ts'

const piece = (text: string): Uint8Array => Buffer.from(text)

async function* of(...texts: string[]): AsyncGenerator<Uint8Array, void, void> {
  for (const text of texts) yield Promise.resolve(piece(text))
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const each of pieces) text += Buffer.from(each).toString()
  return text
}

/** What comes out, and what the watcher found. */
async function through<T>(stream: AsyncGenerator<Uint8Array, T, void>): Promise<[string, T]> {
  let text = ''
  for (;;) {
    const next = await stream.next()
    if (next.done === true) return [text, next.value]
    text += Buffer.from(next.value).toString()
  }
}

describe('a stream that is watched', () => {
  test('is the same to who takes it and to who watches, however little the watcher may lag', async () => {
    for (const ahead of [1, 3, 100])
      expect(await through(watched(of('one', 'two', 'three'), textOf, ahead))).toEqual([
        'onetwothree',
        'onetwothree',
      ])
  })

  test('gives the watcher bytes of its own: they may be moved away', async () => {
    const moved = async (copies: AsyncIterable<Uint8Array>): Promise<number> => {
      let count = 0
      for await (const each of copies) {
        if (each.buffer instanceof ArrayBuffer) structuredClone(each.buffer, { transfer: [each.buffer] })
        count += 1
      }
      return count
    }
    expect(await through(watched(of('one', 'two'), moved, 100))).toEqual(['onetwo', 2])
  })

  test('does not end well before the watcher has: what it finds last still counts', async () => {
    const atTheEnd = async (copies: AsyncIterable<Uint8Array>): Promise<never> => {
      await textOf(copies)
      throw new Error('seen at the end')
    }
    await expect(through(watched(of('one'), atTheEnd, 100))).rejects.toThrow('seen at the end')
  })

  test('ends with the error of a watcher that fails in its middle, and closes its source', async () => {
    const source = watchedSource(piece('onetwothree'), { pieceBytes: 3 })
    const atOnce = async (copies: AsyncIterable<Uint8Array>): Promise<never> => {
      for await (const each of copies) throw new Error(`seen at ${Buffer.from(each).toString()}`)
      throw new Error('never')
    }
    await expect(through(watched(source.pieces, atOnce, 1))).rejects.toThrow('seen at one')
    expect([source.isClosed(), source.givenBytes() < 11]).toEqual([true, true])
  })

  test('goes on where a watcher has seen enough', async () => {
    const first = async (copies: AsyncIterable<Uint8Array>): Promise<string> => {
      for await (const each of copies) return Buffer.from(each).toString()
      return ''
    }
    expect(await through(watched(of('one', 'two', 'three'), first, 1))).toEqual(['onetwothree', 'one'])
  })

  test('tells the watcher of an error of its source, and of who leaves early, and waits for it', async () => {
    async function* broken(): AsyncGenerator<Uint8Array, void, void> {
      yield Promise.resolve(piece('one'))
      throw new Error('the source broke')
    }
    let aborted = 0
    const listening = async (copies: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string> => {
      const text = await textOf(copies)
      if (signal.aborted) aborted += 1
      return text
    }
    await expect(through(watched(broken(), listening, 100))).rejects.toThrow('the source broke')
    expect(aborted).toBe(1)
    for await (const _ of watched(of('one', 'two'), listening, 100)) break
    expect(aborted).toBe(2)
  })
})
