import { describe, expect, test } from 'vitest'
import { createCreditWindow } from '../../../../src/shared/streams/credit-window.ts'
import { createMailbox } from '../../../../src/shared/streams/mailbox.ts'
import { ownedPiece } from '../../../../src/shared/streams/owned-piece.ts'
import { createSlots } from '../../../../src/shared/streams/slots.ts'
import { readSource } from '../../../../src/shared/streams/source-reader.ts'
import { settled, watchedSource } from '../../../support/sources.ts'

const never = new AbortController().signal

/** Whether a promise has settled once nothing else is left to do. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  const mark = (): void => {
    done = true
  }
  promise.then(mark, mark)
  await settled(() => Number(done))
  return done
}

describe('a window of credit', () => {
  test('lets so many bytes through, and more once some were taken', async () => {
    const window = createCreditWindow(100)
    expect([await window.take(60), await window.take(40)]).toEqual([true, true])
    const third = window.take(50)
    expect(await isSettled(third)).toBe(false)
    window.give(40)
    expect(await isSettled(third)).toBe(false)
    window.give(60)
    expect(await third).toBe(true)
  })

  test('lets a piece that is larger than itself go alone', async () => {
    const window = createCreditWindow(100)
    expect(await window.take(1000)).toBe(true)
    const next = window.take(1)
    expect(await isSettled(next)).toBe(false)
    window.give(1000)
    expect(await next).toBe(true)
  })

  test('tells who waits that it was closed', async () => {
    const window = createCreditWindow(100)
    await window.take(100)
    const waiting = window.take(1)
    window.close()
    expect(await waiting).toBe(false)
    expect(await window.take(1)).toBe(false)
  })
})

describe('slots', () => {
  test('are taken in order, and passed over by who gave up', async () => {
    const slots = createSlots(1)
    await slots.take(never)
    const entered: string[] = []
    const giveUp = new AbortController()
    const first = slots.take(giveUp.signal)
    const second = slots.take(never).then(() => entered.push('second'))
    const third = slots.take(never).then(() => entered.push('third'))
    giveUp.abort()
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    slots.free()
    await second
    slots.free()
    await third
    expect(entered).toEqual(['second', 'third'])
  })

  test('are not lost by a signal that aborts after its turn', async () => {
    const slots = createSlots(1)
    await slots.take(never)
    const late = new AbortController()
    const turn = slots.take(late.signal)
    slots.free()
    late.abort()
    await turn
    slots.free()
    await slots.take(never)
    expect(await isSettled(slots.take(never))).toBe(false)
  })
})

describe('reading a source', () => {
  test('can be closed while a read is pending, without waiting for it', async () => {
    const source = watchedSource(new Uint8Array(10), { pieceBytes: 5, stallAfterBytes: 5 })
    const reader = readSource(source.pieces)
    const iterator = reader[Symbol.asyncIterator]()
    await iterator.next()
    void iterator.next()
    await source.stalled
    await reader.close()
    expect(source.isClosed()).toBe(true)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  test('drops a piece that arrives after it was closed', async () => {
    let deliver: (step: IteratorResult<Uint8Array>) => void = () => undefined
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise<IteratorResult<Uint8Array>>((resolve) => {
            deliver = resolve
          }),
      }),
    }
    const reader = readSource(source)
    const pending = reader[Symbol.asyncIterator]().next()
    await reader.close()
    deliver({ done: false, value: new Uint8Array(1) })
    expect(await pending).toEqual({ done: true, value: undefined })
  })

  test('keeps to itself what the source says while it closes', async () => {
    async function* source(): AsyncGenerator<Uint8Array, void, void> {
      try {
        yield new Uint8Array(1)
      } finally {
        // oxlint-disable-next-line no-unsafe-finally
        throw new Error('already gone')
      }
    }
    const reader = readSource(source())
    await reader[Symbol.asyncIterator]().next()
    expect(await isSettled(reader.close())).toBe(true)
    await expect(reader.close()).resolves.toBeUndefined()
  })

  test('hands on what the source throws, and does not read on', async () => {
    async function* source(): AsyncGenerator<Uint8Array, void, void> {
      yield* []
      await Promise.resolve()
      throw new Error('lost')
    }
    const iterator = readSource(source())[Symbol.asyncIterator]()
    await expect(iterator.next()).rejects.toThrow('lost')
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })
})

describe('a mailbox', () => {
  test('keeps what arrives in order, also for a reader who came first', async () => {
    const mailbox = createMailbox<{ readonly number: number }>()
    const first = mailbox.take()
    for (const number of [1, 2, 3]) mailbox.put({ number })
    expect([await first, await mailbox.take(), await mailbox.take()].map(({ number }) => number)).toEqual([
      1, 2, 3,
    ])
  })
})

describe('an owned piece', () => {
  test('is the piece itself where it is alone in its buffer, else a copy that is', () => {
    const alone = new Uint8Array([1, 2, 3])
    expect(ownedPiece(alone)).toBe(alone)
    const shared = new Uint8Array(new SharedArrayBuffer(3))
    for (const piece of [alone.subarray(1), alone.subarray(0, 2), Buffer.from('pooled'), shared]) {
      const owned = ownedPiece(piece)
      expect(owned).not.toBe(piece)
      expect([...owned]).toEqual([...piece])
      expect(owned.buffer.byteLength).toBe(piece.byteLength)
    }
  })
})
