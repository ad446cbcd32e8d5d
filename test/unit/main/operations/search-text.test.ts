import { describe, expect, test } from 'vitest'
import { factsOf, type RepositoryView } from '../../../../src/main/operations/view-repository.ts'
import { searchIn, searchTextOf } from '../../../../src/main/operations/search-text.ts'
import { armada } from '../../../../src/main/systems/armada/armada.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { makeArmadaBackup } from '../../../lab/armada.ts'
import { verifyRepository } from '../../../lab/verify-repository.ts'

async function lookedAt(): Promise<Pick<RepositoryView, 'backups' | 'evidence'>> {
  const store = memoryStore()
  const seed = 'search'
  await makeArmadaBackup('monday', '2026-11-16T02:00:00Z', { seed, tables: { orders: 3 } }, store)
  await makeArmadaBackup('tuesday', '2026-11-17T02:00:00Z', { seed, tables: { orders: 4 } }, store)
  return verifyRepository(store, armada)
}

describe('What is kept of a repository to be found in', () => {
  test('holds every backup, found by a part of its id', async () => {
    const text = searchTextOf(await lookedAt())
    expect(searchIn(text, 'tues', 20).filter(({ kind }) => kind === 'backup')).toEqual([
      { kind: 'backup', backupId: 'tuesday' },
    ])
  })

  test('holds every object, found by its key, with the newest backup that points to it', async () => {
    const view = await lookedAt()
    const key = view.backups[0]?.report.stores[0]?.key ?? ''
    expect(searchIn(searchTextOf(view), key, 20)).toEqual([
      { kind: 'object', key, hash: null, users: 1, newestBackupId: 'tuesday' },
    ])
  })

  test('finds an object by the first digits of its bytes’ hash, also in groups and in capitals, and by the recorded one', async () => {
    const view = await lookedAt()
    const text = searchTextOf(view)
    const [store] = view.backups[0]?.report.stores ?? []
    const sha256 = factsOf(view.evidence, store?.key ?? '')?.sha256 ?? ''
    const md5 = store?.recorded?.[0]?.hex ?? ''
    const hit = { kind: 'object', key: store?.key, hash: sha256 }
    expect(searchIn(text, sha256, 20)).toMatchObject([hit])
    expect(searchIn(text, sha256.slice(0, 8), 20)).toMatchObject([hit])
    expect(searchIn(text, ` ${sha256.slice(0, 4).toUpperCase()} ${sha256.slice(4, 12)} `, 20)).toMatchObject([
      hit,
    ])
    expect(searchIn(text, md5.slice(0, 6), 20)).toMatchObject([{ ...hit, hash: md5 }])
  })

  test('does not find a hash by digits from its middle, nor an object by the id of a backup that points to it', () => {
    const text = `${JSON.stringify(['folder/kms', 2, 'wednesday', 'ab'.repeat(32)])}\n`
    expect(searchIn(text, `b${'ab'.repeat(4)}`, 20)).toEqual([])
    expect(searchIn(text, 'wednesday', 20)).toEqual([])
  })

  test('keeps apart what a name of any characters would run together', () => {
    const name = 'a"]\n["b\\\u2028\ud800'
    const text = `${JSON.stringify([name])}\n${JSON.stringify([`${name}/x`, 1, name])}\n`
    expect(searchIn(text, name, 20)).toEqual([
      { kind: 'backup', backupId: name },
      { kind: 'object', key: `${name}/x`, hash: null, users: 1, newestBackupId: name },
    ])
  })

  test('finds a key behind more lines than asked for that hold the same digits in the middle of a hash', () => {
    const others = Array.from({ length: 50 }, (_, place) => [
      `kms-${place}`,
      1,
      'monday',
      `0cafe${'1'.repeat(59)}`,
    ])
    const text = [...others, ['cafe/kms', 1, 'monday']].map((line) => `${JSON.stringify(line)}\n`).join('')
    expect(searchIn(text, 'cafe', 20)).toMatchObject([{ kind: 'object', key: 'cafe/kms' }])
  })

  test('counts a backup once, however many of its stores lie in one object', async () => {
    const { backups, evidence } = await lookedAt()
    const twice = backups.map((each) => ({
      ...each,
      report: { ...each.report, stores: [...each.report.stores, ...each.report.stores] },
    }))
    const key = backups[0]?.report.stores[0]?.key ?? ''
    expect(searchIn(searchTextOf({ backups: twice, evidence }), key, 20)).toMatchObject([{ users: 1 }])
  })

  test('gives no more than asked for', async () => {
    const text = Array.from({ length: 50 }, (_, place) => `${JSON.stringify([`backup-${place}`])}\n`).join('')
    expect(searchIn(text, 'backup', 20)).toHaveLength(20)
  })
})
