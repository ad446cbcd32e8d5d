import { expect, test } from 'vitest'
import { possibleFirst } from '../../../../../src/renderer/areas/runbooks/model/possible-first.ts'

test('what can be chosen stands first, in the order that it was given in', () => {
  const option = (id: string, notPossible: string | null) => ({ id, notPossible })
  const options = [option('b4', 'Bad.'), option('b3', 'Bad.'), option('b2', null), option('b1', null)]
  expect(possibleFirst(options).map(({ id }) => id)).toEqual(['b2', 'b1', 'b4', 'b3'])
})
