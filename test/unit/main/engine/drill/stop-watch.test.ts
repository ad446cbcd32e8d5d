import { expect, test } from 'vitest'
import { createStopWatch } from '../../../../../src/main/engine/drill/stop-watch.ts'

function watchAt(start: number) {
  const time = { nowMs: start }
  return { time, watch: createStopWatch<'read' | 'unpack'>({ now: () => time.nowMs }) }
}

test('Time counts for one thing at a time', () => {
  const { time, watch } = watchAt(100)
  watch.turnTo('read')
  time.nowMs = 110
  watch.turnTo('unpack')
  time.nowMs = 130
  watch.turnTo('read')
  time.nowMs = 131
  watch.stop()
  time.nowMs = 999
  expect([watch.tookMs('read'), watch.tookMs('unpack')]).toEqual([11, 20])
})

test('Waiting for pieces and working on them are told apart', async () => {
  const { time, watch } = watchAt(0)
  async function* pieces() {
    for (const piece of [1, 2, 3]) {
      time.nowMs += 5
      yield piece
    }
  }
  watch.turnTo('unpack')
  const seen: number[] = []
  for await (const piece of watch.waitingFor('read', pieces())) {
    seen.push(piece)
    time.nowMs += 100
  }
  time.nowMs += 7
  watch.stop()
  expect(seen).toEqual([1, 2, 3])
  expect([watch.tookMs('read'), watch.tookMs('unpack')]).toEqual([15, 307])
})

test('Pieces that are left in the middle leave the watch with what it counted before', async () => {
  const { time, watch } = watchAt(0)
  async function* pieces() {
    yield 1
    yield 2
  }
  watch.turnTo('unpack')
  for await (const _ of watch.waitingFor('read', pieces())) break
  time.nowMs = 40
  watch.stop()
  expect(watch.tookMs('unpack')).toBe(40)
})

test('A clock that is set back takes nothing away', () => {
  const { time, watch } = watchAt(1_000)
  watch.turnTo('read')
  time.nowMs = 400
  watch.turnTo('unpack')
  time.nowMs = 410
  watch.stop()
  expect([watch.tookMs('read'), watch.tookMs('unpack')]).toEqual([0, 10])
})
