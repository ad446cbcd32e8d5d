import { expect, test } from 'vitest'
import { refuseIndexed } from '../../../../src/main/operations/refuse-indexed.ts'
import { newestWhole } from '../../../../src/main/operations/newest-whole.ts'
import { kindling } from '../../../../src/main/systems/kindling/kindling.ts'
import { kiok } from '../../../../src/main/systems/kiok/kiok.ts'

test('A repository with a list of its own is neither copied nor thinned out here, and the refusal says who may', () => {
  expect(() => refuseIndexed(kindling, 'deleted')).toThrow(/pgbackrest expire/)
  expect(() => refuseIndexed(kindling, 'copied')).toThrow(/repo2/)
  expect(() => refuseIndexed(kiok, 'deleted')).not.toThrow()
})

test('The newest backup is one of the cluster where there is one, else the newest of a part', () => {
  const part = { isOfPart: true } as const
  const whole = {}
  expect(newestWhole([part, whole], (each) => each)).toEqual([whole])
  expect(newestWhole([part], (each) => each)).toEqual([part])
  expect(newestWhole([], (each) => each)).toEqual([])
})
