import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blastRadius } from '../../../../../src/renderer/areas/chain/model/blast-radius.ts'
import { indexChain } from '../../../../../src/renderer/areas/chain/model/chain-index.ts'
import { backupIdAt, kiokChain } from '../../../../support/chains.ts'
import { soundChain, wildChain } from './arbitrary.ts'

const now = Date.UTC(2026, 10, 21, 2, 14)
const dayMs = 86_400_000

describe('The blast radius of an object', () => {
  test('is every backup that points to it and no other', () => {
    fc.assert(
      fc.property(fc.oneof(soundChain, wildChain), (chain) => {
        const index = indexChain(chain)
        chain.objects.forEach((_, at) => {
          const radius = blastRadius(index, at, now)
          const dies = chain.backups.filter((backup) => backup.holds.includes(at)).map((one) => one.backupId)
          expect(radius?.holding.users.map((place) => chain.backups[place]?.backupId)).toEqual(dies)
          const stands = [
            ...(radius?.restorable ?? []),
            ...(radius?.notProved ?? []),
            ...(radius?.notRestorable ?? []),
          ]
          expect(stands.length + dies.length).toBe(chain.backups.length)
          expect(stands.some((backup) => dies.includes(backup.backupId))).toBe(false)
        })
      }),
    )
  })

  test('names the newest backup that can be restored without it, and what that loses', () => {
    const chain = kiokChain(24, [[], [13]], (store, holder) =>
      store === 1 && holder === 13 ? 'damaged' : 'intact',
    )
    const at = chain.objects.findIndex((object) => object.state === 'damaged')
    const radius = blastRadius(indexChain(chain), at, now)
    expect(radius?.isLost).toBe(true)
    expect(radius?.holding.users).toHaveLength(14)
    expect(radius?.restorable[0]?.backupId).toBe(backupIdAt(14))
    expect(radius?.lossMs).toBe(3.5 * dayMs + 14 * 60_000)
  })

  test('A new backup does not help where the newest one points back to the damaged object of an older one', () => {
    const chain = kiokChain(10, [[4]], (_, holder) => (holder === 4 ? 'damaged' : 'intact'))
    expect(blastRadius(indexChain(chain), 0, now)?.newBackup).toBe('pointsBack')
  })

  test('A new backup may help where the newest one holds the damaged object itself', () => {
    const chain = kiokChain(10, [[0, 4]], (_, holder) => (holder === 0 ? 'damaged' : 'intact'))
    expect(blastRadius(indexChain(chain), 0, now)?.newBackup).toBe('ifAnew')
  })

  test('A new backup helps where no object serves two backups', () => {
    const chain = kiokChain(10, [[0, 1, 2, 3, 4, 5, 6, 7, 8]], (_, holder) =>
      holder === 0 ? 'damaged' : 'intact',
    )
    expect(blastRadius(indexChain({ ...chain, sharesObjects: false }), 0, now)?.newBackup).toBe('helps')
  })

  test('A new backup is not needed where the newest one does not point to it', () => {
    const chain = kiokChain(10, [[0, 4]], (_, holder) => (holder === 4 ? 'damaged' : 'intact'))
    expect(blastRadius(indexChain(chain), 1, now)).toMatchObject({
      newBackup: 'notNeeded',
      hitsNewest: false,
    })
  })
})
