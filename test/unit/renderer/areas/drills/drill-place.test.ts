import { expect, test } from 'vitest'
import { isWhole, sentOf, usualPlace } from '../../../../../src/renderer/areas/drills/model/drill-place.ts'
import { askingWords } from '../../../../../src/renderer/areas/drills/model/standing-words.ts'

const onHost = { usual: 'db-1', confirm: 'kindling-eu' }

test('Here the usual folder serves; on a host somebody names it', () => {
  expect(isWhole(usualPlace, { onHost: null })).toBe(true)
  expect(isWhole(usualPlace, { onHost })).toBe(false)
  expect(isWhole({ ...usualPlace, folder: ' /srv/drills ' }, { onHost })).toBe(true)
})

test('What is left empty is not sent, and the typed name is sent as it was typed', () => {
  expect(sentOf(usualPlace)).toEqual({})
  expect(sentOf({ folder: ' /srv/drills ', host: ' spare-1 ', typed: 'kindling-eu ' })).toEqual({
    folder: '/srv/drills',
    host: 'spare-1',
    confirm: 'kindling-eu ',
  })
})

test('The head of the list counts the clusters that ask for a drill', () => {
  const states = ['good', 'never', 'old', 'slow', 'failed'] as const
  expect(askingWords(new Map(states.map((state) => [state, { state }])))).toBe('4\u00a0ask for a drill')
  expect(askingWords(new Map([['one', { state: 'good' as const }]]))).toBe('None asks for a drill')
})
