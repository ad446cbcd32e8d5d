import { expect, test } from 'vitest'
import { ask, notAsked, sideBySide } from '../../../../../src/main/engine/live/ask.ts'
import { HoldfastError } from '../../../../../src/shared/domain/error.ts'
import { cancelled } from '../../../../../src/shared/domain/cancelled.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'

const question = { id: 'ready', of: 'master-1', question: 'Ready', mark: 'documented' } as const

test('An answer carries when it was given and how long it took', async () => {
  const clock = fakeClock(Date.UTC(2026, 10, 20))
  const probe = await clock.run(
    ask(question, clock, async () => {
      await clock.wait(40)
      return { state: 'ok', answer: 'It is.', evidence: 'GET /readyz → 200' }
    }),
  )
  expect(probe).toEqual({
    ...question,
    state: 'ok',
    answer: 'It is.',
    evidence: 'GET /readyz → 200',
    next: null,
    code: null,
    at: '2026-11-20T00:00:00.040Z',
    tookMs: 40,
  })
})

test('An expected failure is an answer in its own words; cancelling and the unexpected are not', async () => {
  const clock = fakeClock()
  const text = { what: 'The master does not answer.', why: 'Nothing listens there.', next: 'Start it.' }
  const failing = async (): Promise<never> => {
    throw new HoldfastError('master.unreachable', text)
  }
  expect(await ask(question, clock, failing)).toMatchObject({
    state: 'bad',
    answer: 'The master does not answer. Nothing listens there.',
    next: 'Start it.',
    code: 'master.unreachable',
  })
  expect(await ask(question, clock, failing, 'unknown')).toMatchObject({ state: 'unknown' })
  await expect(ask(question, clock, async () => Promise.reject(cancelled()))).rejects.toMatchObject({
    code: 'cancelled',
  })
  await expect(ask(question, clock, async () => Promise.reject(new TypeError('a fault')))).rejects.toThrow(
    'a fault',
  )
})

test('A round that waits delays no other one', async () => {
  const clock = fakeClock()
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const answers = sideBySide(
    [
      async (emit) => {
        await gate
        emit(notAsked({ ...question, of: 'slow' }, '', clock))
      },
      async (emit) => emit(notAsked({ ...question, of: 'quick' }, '', clock)),
    ],
    new AbortController().signal,
  )
  const seen: string[] = []
  for await (const { of } of answers) {
    seen.push(of)
    open()
  }
  expect(seen).toEqual(['quick', 'slow'])
})

test('A fault in one round is told after the others have answered', async () => {
  const clock = fakeClock()
  const answers = sideBySide(
    [
      async () => Promise.reject(new TypeError('a fault')),
      async (emit) => emit(notAsked(question, '', clock)),
    ],
    new AbortController().signal,
  )
  const seen: string[] = []
  const reading = (async () => {
    for await (const { of } of answers) seen.push(of)
  })()
  await expect(reading).rejects.toThrow('a fault')
  expect(seen).toEqual(['master-1'])
})
