import { expect, test } from 'vitest'
import { untilIdle } from '../../../../src/main/web/until-idle.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'

test('The time counts from the end of the last call, and not at all while one is open', async () => {
  const clock = fakeClock()
  const start = clock.now()
  const idle = untilIdle({
    idleMs: 60_000,
    isWorking: () => false,
    clock,
    signal: new AbortController().signal,
  })
  const done = idle.begin()
  await clock.run(clock.wait(200_000))
  done()
  expect(await clock.run(idle.ended)).toBe('idle')
  expect(clock.now() - start).toBe(260_000)
})

test('A window that is closed ends at once, whether or not it would have ended by itself', async () => {
  for (const idleMs of [null, 60_000]) {
    const closing = new AbortController()
    const idle = untilIdle({ idleMs, isWorking: () => false, clock: fakeClock(), signal: closing.signal })
    closing.abort()
    expect(await idle.ended).toBe('closed')
  }
})
