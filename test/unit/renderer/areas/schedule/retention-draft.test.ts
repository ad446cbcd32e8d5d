import { expect, test } from 'vitest'
import {
  draftOf,
  rulesIn,
  rulesSentence,
} from '../../../../../src/renderer/areas/schedule/model/retention-draft.ts'

const draft = (keepLast: string, keepDays: string, atMost = '') => ({ keepLast, keepDays, atMost })

test('An empty field is no rule, and rules that keep nothing are none', () => {
  expect(rulesIn(draft('7', ''))).toEqual({ keepLast: 7, keepDays: null, atMost: null })
  expect(rulesIn(draft(' 7 ', '30', '10'))).toEqual({ keepLast: 7, keepDays: 30, atMost: 10 })
  expect(rulesIn(draft('', '', '3'))).toBeNull()
  expect(rulesIn(draft('', ''))).toBeNull()
})

test('What is no whole number of at least 1 is no rule at all', () => {
  for (const text of ['0', '-1', '1.5', '1e3', 'seven', '0x10', '10000000']) {
    expect(rulesIn(draft(text, '30'))).toBeNull()
    expect(rulesIn(draft('7', text))).toBeNull()
  }
})

test('A limit of the young ones means nothing without days', () => {
  expect(rulesIn(draft('7', '', '3'))).toEqual({ keepLast: 7, keepDays: null, atMost: null })
})

test('Saved rules are typed as they stand, and told in a sentence', () => {
  const rules = { keepLast: 7, keepDays: 30, atMost: 10 }
  expect(rulesIn(draftOf(rules))).toEqual(rules)
  expect(rulesSentence(rules)).toBe('Kept: the newest 7, and what is younger than 30\u00a0days, at most 10.')
  expect(rulesSentence({ ...rules, keepLast: null, atMost: null })).toBe(
    'Kept: what is younger than 30\u00a0days.',
  )
})
