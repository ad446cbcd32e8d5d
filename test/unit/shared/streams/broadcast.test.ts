import { expect, test } from 'vitest'
import { createBroadcast } from '../../../../src/shared/streams/broadcast.ts'

interface Change {
  readonly topic: string
  readonly n: number
}

const changes = () => createBroadcast<Change>({ key: ({ topic }) => topic })

/** A signal that counts who waits for it. */
function countedSignal(): { readonly signal: AbortSignal; readonly abort: () => void; listeners: number } {
  const controller = new AbortController()
  const counted = { signal: controller.signal, abort: () => controller.abort(), listeners: 0 }
  const { signal } = controller
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    counted.listeners += 1
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    counted.listeners -= 1
    remove(...args)
  }
  return counted
}

test('Every listener gets what is published from the moment it listens, in order', async () => {
  const broadcast = changes()
  broadcast.publish({ topic: 'before', n: 0 })
  const { signal } = new AbortController()
  const one = broadcast.subscribe(signal)
  const other = broadcast.subscribe(signal)
  broadcast.publish({ topic: 'fleet', n: 1 })
  const waiting = [one.next(), one.next(), one.next()]
  broadcast.publish({ topic: 'fleet', n: 2 })
  broadcast.publish({ topic: 'jobs', n: 3 })
  expect((await Promise.all(waiting)).map(({ value }) => value?.n)).toEqual([1, 2, 3])
  expect((await other.next()).value).toEqual({ topic: 'fleet', n: 2 })
})

test('A slow listener gets the newest of equal values once, in the place of the first', async () => {
  const broadcast = changes()
  const controller = new AbortController()
  const slow = broadcast.subscribe(controller.signal)
  for (let n = 0; n < 10_000; n += 1) {
    broadcast.publish({ topic: 'fleet', n })
    broadcast.publish({ topic: 'jobs', n })
  }
  expect((await slow.next()).value).toEqual({ topic: 'fleet', n: 9_999 })
  expect((await slow.next()).value).toEqual({ topic: 'jobs', n: 9_999 })
  const next = slow.next()
  broadcast.publish({ topic: 'audit', n: 1 })
  expect((await next).value).toEqual({ topic: 'audit', n: 1 })
})

test('A listener that leaves, waiting or not, is forgotten together with what was pending', async () => {
  const broadcast = changes()
  const counted = countedSignal()
  const left = broadcast.subscribe(counted.signal)
  const waiting = left.next()
  await left.return?.()
  expect((await waiting).done).toBe(true)
  broadcast.publish({ topic: 'fleet', n: 1 })
  expect((await left.next()).done).toBe(true)

  const early = broadcast.subscribe(counted.signal)
  broadcast.publish({ topic: 'fleet', n: 2 })
  for await (const { n } of early) {
    expect(n).toBe(2)
    broadcast.publish({ topic: 'fleet', n: 3 })
    break
  }
  expect((await early.next()).done).toBe(true)
  expect(counted.listeners).toBe(0)
})

test('Listening ends with its signal, also where it has aborted before', async () => {
  const broadcast = changes()
  const controller = new AbortController()
  const listener = broadcast.subscribe(controller.signal)
  const waiting = listener.next()
  controller.abort()
  expect((await waiting).done).toBe(true)
  expect((await listener.next()).done).toBe(true)
  const late = broadcast.subscribe(controller.signal)
  broadcast.publish({ topic: 'fleet', n: 1 })
  expect((await late.next()).done).toBe(true)
})

test('A listener without a signal listens until it leaves', async () => {
  const broadcast = changes()
  const listener = broadcast.subscribe()
  broadcast.publish({ topic: 'fleet', n: 1 })
  expect((await listener.next()).value).toEqual({ topic: 'fleet', n: 1 })
  await listener.return?.()
  broadcast.publish({ topic: 'fleet', n: 2 })
  expect((await listener.next()).done).toBe(true)
})
