import { describe, expect, test } from 'vitest'
import { blastRadius } from '../../../../../src/renderer/areas/chain/model/blast-radius.ts'
import { indexChain } from '../../../../../src/renderer/areas/chain/model/chain-index.ts'
import { cellWords } from '../../../../../src/renderer/areas/chain/model/row-words.ts'
import {
  foldWords,
  headline,
  newBackupWords,
  whatStands,
} from '../../../../../src/renderer/areas/chain/model/sentences.ts'
import type { Chain } from '../../../../../src/shared/contract/backups.ts'
import { chainOf, kiokChain } from '../../../../support/chains.ts'

const now = Date.UTC(2026, 10, 21, 2, 14)
const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ')

/** Four backups a day; kms changed 13 backups ago and that object is damaged. */
const damaged = kiokChain(24, [[1, 2, 3], [13]], (store, holder) =>
  store === 1 && holder === 13 ? 'damaged' : store === 0 && holder === 23 ? 'neverRead' : 'intact',
)
const about = (chain: Chain, find: (object: Chain['objects'][number]) => boolean) => {
  const index = indexChain(chain)
  const radius = blastRadius(index, chain.objects.findIndex(find), now)
  if (radius === null) throw new Error('The chain has no such object.')
  return { index, radius }
}
const standsOf = (chain: Chain) => {
  const { radius, index } = about(chain, lost)
  return whatStands(radius, index, now)
}
const lost = (object: Chain['objects'][number]) => object.state === 'damaged'

describe('What is said of an object', () => {
  test('begins with how many backups die with it', () => {
    expect(plain(headline(about(damaged, lost).radius))).toBe('14 of 24 backups die with this object.')
    const one = kiokChain(3, [[0]], (_, holder) => (holder === 0 ? 'damaged' : 'intact'))
    expect(plain(headline(about(one, lost).radius))).toBe('1 of 3 backups dies with this object.')
    const all = kiokChain(3, [[]], () => 'damaged')
    expect(plain(headline(about(all, lost).radius))).toBe('All 3 backups die with this object.')
  })

  test('does not say that anything dies while the object is intact', () => {
    const { radius, index } = about(damaged, (object) => object.state === 'intact' && object.users === 10)
    expect(plain(headline(radius))).toBe('10 of 24 backups hang on this object.')
    expect(newBackupWords(radius, index, 'kiok', now)).toBeNull()
  })

  test('says that a new backup does not help, and since when the store has not changed', () => {
    const { radius, index } = about(damaged, lost)
    expect(newBackupWords(radius, index, 'kiok', now)).toEqual({
      title: 'A new backup does not help',
      text: 'kms has not changed since 17 Nov, so the next backup points to the same object.',
    })
  })

  test('says what stands, and what restoring the newest of it loses', () => {
    const chain = kiokChain(24, [[1, 2, 3], [13]], (store, holder) =>
      store === 1 && holder === 13 ? 'damaged' : 'intact',
    )
    expect(standsOf(chain).map(plain)).toEqual([
      '10 backups, 15 Nov to 17 Nov.',
      'Restoring the newest of them loses 3 d 12 h of changes.',
    ])
  })

  test('says so where the newest backup stands without it, and only where that can be restored', () => {
    const chain = kiokChain(10, [[0, 4]], (_, holder) => (holder === 4 ? 'damaged' : 'intact'))
    expect(standsOf(chain)[1]).toBe('The newest backup is not among the damaged, and can be restored.')
    const [newest] = chain.backups
    if (newest) newest.restorability = 'notRestorable'
    expect(standsOf(chain)).toEqual([
      '5 backups, 18 Nov to 19 Nov.',
      '1 is not restorable for another reason.',
    ])
  })

  test('does not take a backup of something else for one that stands in', () => {
    // A disk of its own beside two backups of the database.
    const disks = chainOf(
      ['full', 'volume'],
      [
        { store: 1, holder: 0, state: 'damaged' },
        { store: 0, holder: 2 },
      ],
      [
        [null, 0],
        [1, null],
        [1, null],
      ],
    )
    for (const backup of disks.backups.slice(1)) backup.restorability = 'restorable'
    expect(standsOf(disks).map(plain)).toEqual(['2 backups of 20 Nov.', 'None of them holds volume.'])
  })

  test('does not promise that the next backup points back, where the newest holds it or its system decides each time', () => {
    const anew = {
      title: 'A new backup helps if it holds kms anew',
      text: 'One that points back to this object dies with it, too.',
    }
    const held = kiokChain(10, [[], [0]], (store, holder) =>
      store === 1 && holder === 0 ? 'damaged' : 'intact',
    )
    const own = about(held, lost)
    expect(newBackupWords(own.radius, own.index, 'kiok', now)).toEqual(anew)
    const { radius, index } = about(damaged, lost)
    expect(newBackupWords(radius, index, 'kindling', now)).toEqual(anew)
  })

  test('says that nothing at all stands', () => {
    const chain = kiokChain(3, [[]], () => 'damaged')
    expect(standsOf(chain)).toEqual(['No other backup is proved to be restorable.'])
  })
})

describe('A cell in words', () => {
  const index = indexChain(damaged)
  test('of the holder says that it is held here, its state, and how many point to it', () => {
    expect(plain(cellWords(index, 13, 1, now))).toMatch(
      /^held here, .*, damaged, read 14 m.* ago, 14 backups point to it$/,
    )
  })
  test('of any other backup says where the object is held', () => {
    expect(plain(cellWords(index, 0, 1, now))).toMatch(/^points to the backup of 17 Nov, .*, damaged/)
  })
  test('of a backup without the store says so', () => {
    const chain = kiokChain(1, [[]])
    const [backup] = chain.backups
    if (backup) backup.holds = [null]
    expect(cellWords(indexChain(chain), 0, 0, now)).toBe('nothing')
  })
})

test('A folded map says what keeps a row', () => {
  expect(plain(foldWords(97, ['kms', 'iam']))).toBe(
    'Folded to 97 rows: one where kms, iam or the verdict changes.',
  )
  expect(plain(foldWords(3, []))).toBe('Folded to 3 rows: one where the verdict changes.')
})
