import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCatalog } from '../../../../src/main/adapters/catalog-file/catalog-file.ts'
import { savedAsLearnt } from '../../../../src/main/operations/saved-as-learnt.ts'
import type { ObjectFacts } from '../../../../src/shared/domain/object-facts.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'

const repository = 'file:///srv/backups'
const facts: ObjectFacts = {
  version: { sizeBytes: 1, etag: null, modifiedAt: null, versionId: null },
  readAt: '2026-11-20T00:00:00Z',
  sizeBytes: 1,
  sha256: 'ab',
  beginning: 'other',
  envelope: null,
  content: null,
  walk: null,
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-learnt-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const isSaved = async (key: string): Promise<boolean> =>
  (await openCatalog(folder).openRepository(repository)).facts(key) !== null

test('What is learnt is durable while the work goes on, and all of it once it is saved', async () => {
  const clock = fakeClock()
  const memory = savedAsLearnt(await openCatalog(folder).openRepository(repository), { clock })
  memory.remember('first', facts)
  await expect.poll(() => isSaved('first')).toBe(true)
  memory.remember('second', facts)
  await expect.poll(() => clock.waiting).toBe(1)
  expect(await isSaved('second')).toBe(false)
  await clock.run(clock.wait(3_600_000))
  await expect.poll(() => isSaved('second')).toBe(true)
  memory.remember('third', facts)
  await memory.save()
  expect(await isSaved('third')).toBe(true)
  expect(clock.waiting).toBe(0)
})

test('A writing that fails on the way stops nothing and is told at the end', async () => {
  const clock = fakeClock()
  const bare = await openCatalog(folder).openRepository(repository)
  const memory = savedAsLearnt({ ...bare, save: () => Promise.reject(new Error('no room')) }, { clock })
  memory.remember('first', facts)
  expect(memory.facts('first')).toEqual(facts)
  await expect(memory.save()).rejects.toThrow('no room')
})
