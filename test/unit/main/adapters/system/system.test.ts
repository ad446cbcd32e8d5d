import { expect, test } from 'vitest'
import { systemClock } from '../../../../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../../../../src/main/adapters/system/random.ts'
import { failure } from '../../../../conformance/store-helpers.ts'

test('a wait on the system’s clock ends by itself, or with cancelled', async () => {
  const before = systemClock.now()
  await systemClock.wait(5)
  expect(systemClock.now()).toBeGreaterThanOrEqual(before)
  const stop = new AbortController()
  const waiting = systemClock.wait(2 ** 40, stop.signal)
  stop.abort()
  await failure(waiting, 'cancelled')
  await failure(systemClock.wait(0, stop.signal), 'cancelled')
})

test('a wait longer than a timer can hold does not end at once', async () => {
  const stop = new AbortController()
  const outcome = systemClock.wait(2 ** 31, stop.signal).then(
    () => 'ended',
    () => 'cancelled',
  )
  await systemClock.wait(20)
  stop.abort()
  expect(await outcome).toBe('cancelled')
})

test('the system’s generator gives fresh bytes of the asked length', () => {
  expect(systemRandom.bytes(32)).toHaveLength(32)
  expect(systemRandom.bytes(32)).not.toEqual(systemRandom.bytes(32))
})
