import { describe, expect, test } from 'vitest'
import { compareStores, type ComparableStore } from '../../../../src/shared/domain/compare-backups.ts'

const store = (name: string, rest: Partial<ComparableStore> = {}): ComparableStore => ({
  store: name,
  key: `b1/${name}.enc`,
  sizeBytes: 100,
  sha256: null,
  plainSha256: null,
  level: 'present',
  ...rest,
})
const one = (a: Partial<ComparableStore>, b: Partial<ComparableStore>) =>
  compareStores([store('kms', a)], [store('kms', b)])[0]

describe('Two backups compared', () => {
  test('share an object where both point to one key', () => {
    expect(one({}, { sizeBytes: null })).toMatchObject({ likeness: 'sameObject', growthBytes: null })
  })

  test('have the same content where the plain hashes agree, even if the stored bytes differ', () => {
    expect(
      one({ plainSha256: 'p', sha256: 'a' }, { key: 'b2/kms.enc', plainSha256: 'p', sha256: 'b' })?.likeness,
    ).toBe('sameContent')
  })

  test('differ where the plain hashes differ, even if the sizes agree', () => {
    expect(one({ plainSha256: 'p' }, { key: 'b2/kms.enc', plainSha256: 'q' })?.likeness).toBe('changed')
  })

  test('differ where the sizes differ, and say by how much', () => {
    expect(one({ sizeBytes: 130 }, { key: 'b2/kms.enc' })).toMatchObject({
      likeness: 'changed',
      growthBytes: 30,
    })
  })

  test('are not told apart where nothing of the same size was read', () => {
    expect(one({ sha256: 'a' }, { key: 'b2/kms.enc', sha256: 'b' })?.likeness).toBe('notTold')
    expect(one({}, { key: 'b2/kms.enc' })?.likeness).toBe('notTold')
  })

  test('with all stores in one object each differ somewhere in it, and nothing says in which store', () => {
    const archive = (key: string, sha256: string, sizeBytes: number) =>
      ['kms', 'iam'].map((name) => store(name, { key, sha256, plainSha256: sha256, sizeBytes }))
    const lines = compareStores(archive('b1.tar.gz', 'a', 100), archive('b2.tar.gz', 'b', 130))
    expect(lines).toMatchObject([
      { likeness: 'notApart', growthBytes: null },
      { likeness: 'notApart', growthBytes: null },
    ])
    const copies = compareStores(archive('b1.tar.gz', 'a', 100), archive('b2.tar.gz', 'a', 100))
    expect(copies[0]?.likeness).toBe('sameContent')
  })

  test('list what only one of them has, own stores first', () => {
    const lines = compareStores([store('kms'), store('iam')], [store('joblog'), store('kms')])
    expect(lines.map((line) => [line.store, line.likeness])).toEqual([
      ['kms', 'sameObject'],
      ['iam', 'onlyHere'],
      ['joblog', 'onlyThere'],
    ])
  })
})
