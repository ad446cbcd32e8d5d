import { expect, test } from 'vitest'
import { backupDetails } from '../../../../src/main/operations/backup-details.ts'
import { lookAt } from '../../../../src/main/operations/look.ts'
import type { RepositoryView } from '../../../../src/main/operations/view-repository.ts'
import { armada } from '../../../../src/main/systems/armada/armada.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { makeArmadaBackup } from '../../../lab/armada.ts'
import { verifyRepository } from '../../../lab/verify-repository.ts'

test('an empty backup is the newest, but never the one to go back to', async () => {
  const store = memoryStore()
  const seed = 'empty'
  await makeArmadaBackup('full', '2026-11-18T02:00:00Z', { seed, tables: { a: 3 } }, store)
  await makeArmadaBackup('empty', '2026-11-19T02:00:00Z', { seed, tables: { a: 0 } }, store)
  const at = '2026-11-20T02:00:00Z'
  const { backups, evidence } = await verifyRepository(store, armada, { at })
  const view: RepositoryView = {
    at,
    repository: 'file:///repository',
    system: armada,
    hasKeys: false,
    keyStates: ['notSealed', 'notSealed'],
    backups,
    evidence,
    drills: [],
    lastIntact: () => null,
    remembered: () => null,
  }
  const look = lookAt(view, { rpoMs: 86_400_000, nowMs: Date.parse(at) })
  expect(look.newest?.backupId).toBe('empty')
  expect(look.newestRestorable?.backupId).toBe('full')
  expect(backupDetails('empty', view)).toMatchObject({
    newestRestorable: { backupId: 'full' },
    contents: { kind: 'none', reason: expect.stringContaining('counted and checked') },
  })
})
