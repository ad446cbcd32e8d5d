import { expect, test } from 'vitest'
import { clockAnswer } from '../../../../../src/main/engine/live/clock-answer.ts'

const now = Date.parse('2026-11-20T02:00:00Z')

test.each([
  ['Fri, 20 Nov 2026 02:00:00 GMT', 'ok', 'Its clock agrees with this one.'],
  ['Fri, 20 Nov 2026 02:05:00 GMT', 'ok', 'Its clock agrees with this one.'],
  ['Fri, 20 Nov 2026 02:12:00 GMT', 'warning', /^Its clock is 12.m.* ahead of this one\.$/],
  ['Fri, 20 Nov 2026 01:48:00 GMT', 'warning', /^Its clock is 12.m.* behind this one\.$/],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 'warning', /^Its clock is .* behind this one\.$/],
  ['a time that is none', 'unknown', 'Its replies carry no time.'],
  [null, 'unknown', 'Its replies carry no time.'],
])('A reply that is dated %s: %s', (date, state, answer) => {
  const said = clockAnswer(date, now)
  expect(said.state).toBe(state)
  if (typeof answer === 'string') expect(said.answer).toBe(answer)
  else expect(said.answer).toMatch(answer)
  if (state === 'warning') expect(said.next).toContain('which of the two is wrong')
})
