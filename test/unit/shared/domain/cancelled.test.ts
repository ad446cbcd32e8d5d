import { expect, test } from 'vitest'
import { throwIfCancelled, untilCancelled } from '../../../../src/shared/domain/cancelled.ts'
import { failure } from '../../../conformance/store-helpers.ts'

test('waiting ends with cancelled as soon as the signal aborts', async () => {
  const stop = new AbortController()
  const waiting = untilCancelled(new Promise<never>(() => undefined), stop.signal)
  stop.abort()
  await failure(waiting, 'cancelled')
  await failure(untilCancelled(Promise.resolve(1), stop.signal), 'cancelled')
  await failure(untilCancelled(Promise.reject(new Error('no')), stop.signal), 'cancelled')
  expect(() => throwIfCancelled(stop.signal)).toThrow('Cancelled')
})

test('what was waited for passes, result or failure, and leaves no listener behind', async () => {
  const { signal } = new AbortController()
  expect(await untilCancelled(Promise.resolve(7), signal)).toBe(7)
  expect(await untilCancelled(Promise.resolve(8), undefined)).toBe(8)
  await expect(untilCancelled(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
})
