import { expect, test } from 'vitest'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import { memoryOfThisRun } from '../../../../../src/main/engine/verify/no-memory.ts'
import { armada } from '../../../../../src/main/systems/armada/armada.ts'
import { chango } from '../../../../../src/main/systems/chango/chango.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { makeArmadaBackup } from '../../../../lab/armada.ts'
import { makeChangoArchive } from '../../../../lab/chango.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'

test('When an object was last proved intact stays known once it is not', async () => {
  const store = memoryStore()
  const memory = memoryOfThisRun()
  await makeArmadaBackup('one', '2026-11-16T02:00:00Z', { seed: 'intact', tables: { a: 3, b: 2 } }, store)
  const [first, second] = ['2026-11-17T02:00:00.000Z', '2026-11-18T02:00:00.000Z']
  const { backups } = await verifyRepository(store, armada, { memory, at: first })
  const [a = '', b = ''] = (backups[0]?.report.stores ?? []).map(({ key }) => key ?? '')
  expect([memory.intactAt(a), memory.intactAt(b)]).toEqual([first, first])

  const bytes = Uint8Array.from(await readSmall(store, a, 1e6))
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await store.put(a, bytes)
  const { said } = await verifyRepository(store, armada, { memory, at: second, reading: 'everything' })
  expect(said['one']?.verdict).toBe('bad')
  expect([memory.intactAt(a), memory.intactAt(b)]).toEqual([first, second])
})

test('What nothing was recorded of is proved intact from the second reading on', async () => {
  const store = memoryStore()
  const memory = memoryOfThisRun()
  const { key, pieces } = await makeChangoArchive({
    dialect: 1,
    seed: 'intact',
    when: '2026-11-16T02:00:00Z',
  })
  await store.putStream(key, pieces())
  const [first, second] = ['2026-11-17T02:00:00.000Z', '2026-11-18T02:00:00.000Z']
  const { said } = await verifyRepository(store, chango, { memory, at: first })
  expect([Object.values(said)[0]?.stores['kms'], memory.intactAt(key)]).toEqual(['wellFormed', null])
  await verifyRepository(store, chango, { memory, at: second, reading: 'everything' })
  expect(memory.intactAt(key)).toBe(second)
})
