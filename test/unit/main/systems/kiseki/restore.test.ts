import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import { kiseki } from '../../../../../src/main/systems/kiseki/kiseki.ts'
import { isHoldfastError } from '../../../../../src/shared/domain/error.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { oneSnapshot } from './fixture.ts'

async function planned(
  change: Parameters<typeof oneSnapshot>[0],
  options: Parameters<typeof verifyRepository>[2] = {},
) {
  const { store } = await oneSnapshot(change)
  const { backups, evidence } = await verifyRepository(store, kiseki, options)
  const backup = backups[0]?.backup
  if (backup === undefined) throw new Error('The inventory is empty.')
  return { store, backup, items: () => backup.restoreItems(evidence) }
}

function whyRefused(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (isHoldfastError(error, 'restore.refused')) return error.text.why ?? ''
    throw error
  }
  throw new Error('It was not refused.')
}

describe('the restore of a snapshot', () => {
  test('is the tar and the manifest, byte for byte', async () => {
    const { store, backup, items } = await planned({})
    const staged = new Map<string, string>()
    const read = async function* (key: string) {
      yield* (await store.get(key)).pieces
    }
    for await (const { item, path, kind, sizeBytes, pieces } of backup.stage(read, items())) {
      const hash = createHash('sha256')
      let bytes = 0
      for await (const piece of pieces) {
        hash.update(piece)
        bytes += piece.byteLength
      }
      expect([path, kind, bytes]).toEqual(['', 'file', sizeBytes])
      staged.set(item, hash.digest('hex'))
    }
    expect(items().map(({ name, digest }) => [name, digest])).toEqual([...staged])
    for (const [name, digest] of staged) {
      const stored = await readSmall(store, `${backup.backupId}/${name}`, 1e7)
      expect(createHash('sha256').update(stored).digest('hex')).toBe(digest)
    }
  })

  test('is refused for an empty one, which holds nothing to restore', async () => {
    const { items } = await planned({ shards: [] })
    expect(whyRefused(items)).toBe('It has no shard: it holds nothing to restore.')
  })

  test('is refused where the contents were not read', async () => {
    const { items } = await planned({}, { level: 'present' })
    expect(whyRefused(items)).toMatch(/were not read/)
  })

  test('says plainly that kiseki loads nothing back', () => {
    for (const text of [kiseki.restoreWarning, kiseki.exportNote])
      expect(text).toContain('kiseki has no restore that puts data back')
  })
})
