import { describe, expect, test } from 'vitest'
import {
  countByState,
  filterBackups,
} from '../../../../../src/renderer/areas/backups/model/filter-backups.ts'
import { backupIdAt, kiokChain } from '../../../../support/chains.ts'

const chain = kiokChain(12, [[0, 1, 2, 3, 4, 5, 6], [3]], (store, holder) =>
  store === 1 && holder === 3 ? 'damaged' : store === 0 && holder === 5 ? 'neverRead' : 'intact',
)
const idsOf = (state: 'all' | 'restorable' | 'notProved', words = '') =>
  filterBackups(chain, { state, words }).map((backup) => backup.backupId)

describe('The list of backups', () => {
  test('counts every backup once, by whether it can be restored', () => {
    expect(countByState(chain)).toEqual({ all: 12, notRestorable: 4, notProved: 1, restorable: 7 })
  })

  test('shows one state alone', () => {
    expect(idsOf('notProved')).toEqual([backupIdAt(5)])
  })

  test.each(['20 nov', 'Nov 20', '2026-11-20', '20261120'])('finds a day written as %s', (words) => {
    expect(idsOf('all', words)).toEqual([1, 2, 3, 4].map(backupIdAt))
  })

  test('finds the backups that point to an object, and combines that with the state', () => {
    expect(idsOf('all', 'kms.enc#8')).toEqual([0, 1, 2, 3].map(backupIdAt))
    expect(idsOf('restorable', 'kms.enc#8')).toEqual([])
  })

  test('finds an id by any part of it', () => {
    expect(idsOf('all', '-00000011')).toEqual([backupIdAt(11)])
  })
})
