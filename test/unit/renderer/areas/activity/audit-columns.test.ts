import { expect, test } from 'vitest'
import { factsText } from '../../../../../src/renderer/areas/activity/audit-columns.ts'

const words = (value: string): string => factsText({ facts: [{ name: 'after', value }], reason: null })

test('what was saved is told without the marks of its format', () => {
  expect(words('{"masters":["http://a:1","http://b:1"],"login":null,"plaintext":true}')).toBe(
    'after masters http://a:1, http://b:1, login nothing, plaintext true',
  )
  expect(words('[]')).toBe('after none')
  expect(words('')).toBe('after none')
  expect(words('null')).toBe('after nothing')
})

test('what only begins like it stays as it is, and the reason comes last', () => {
  expect(words('{not so')).toBe('after {not so')
  expect(factsText({ facts: [{ name: 'backups', value: '20' }], reason: 'INC-2291' })).toBe(
    'backups 20, reason: INC-2291',
  )
})
