import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { batched } from '../../../../src/renderer/lib/batched.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('A burst of 200 changes is handed over in one go, each changed thing once', () => {
  const handed: (readonly string[])[] = []
  const change = batched<string>(
    (id) => id,
    (ids) => handed.push(ids),
  )
  for (let n = 0; n < 200; n += 1) change(`kiok-${n % 50}`)
  expect(handed).toEqual([])
  vi.runAllTimers()
  expect(handed).toEqual([Array.from({ length: 50 }, (_, n) => `kiok-${n}`)])
})

test('What changes after a burst was handed over is handed over on its own', () => {
  const handed: (readonly { readonly id: string; readonly n: number }[])[] = []
  const change = batched<{ readonly id: string; readonly n: number }>(
    ({ id }) => id,
    (items) => handed.push(items),
  )
  change({ id: 'kiok-prod', n: 1 })
  change({ id: 'kiok-prod', n: 2 })
  vi.runAllTimers()
  change({ id: 'kiok-prod', n: 3 })
  vi.runAllTimers()
  expect(handed).toEqual([[{ id: 'kiok-prod', n: 2 }], [{ id: 'kiok-prod', n: 3 }]])
})
