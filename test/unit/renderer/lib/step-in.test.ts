import { describe, expect, test } from 'vitest'
import { stepIn } from '../../../../src/renderer/lib/step-in.ts'

const ids = ['chango', 'kiok', 'kiseki']

describe('stepping through a list', () => {
  test('goes one further and one back', () => {
    expect(stepIn(ids, 'kiok', 1)).toBe('kiseki')
    expect(stepIn(ids, 'kiok', -1)).toBe('chango')
  })

  test('stops at the ends', () => {
    expect(stepIn(ids, 'kiseki', 1)).toBe('kiseki')
    expect(stepIn(ids, 'chango', -1)).toBe('chango')
  })

  test('begins with the first where none is shown, or one that the list does not hold', () => {
    expect(stepIn(ids, undefined, 1)).toBe('chango')
    expect(stepIn(ids, 'gone', -1)).toBe('chango')
  })

  test('goes nowhere in an empty list', () => {
    expect(stepIn([], undefined, 1)).toBeUndefined()
  })
})
