import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { armada } from '../../../../../src/main/systems/armada/armada.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { makeArmadaBackup } from '../../../../lab/armada.ts'
import { stagedFiles } from '../../../../lab/stage-backup.ts'
import { harmed, harming, harmsToBytes, objectsOf, storeOf } from '../../../../support/harms.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { tries } from '../../../../support/tries.ts'

test('Whatever is done to backups of armada, what is called good restores to the tables that were backed up', async () => {
  const store = memoryStore()
  for (const [id, at, scheduled] of [
    ['one', '2026-11-16T02:00:00Z', false],
    ['two', '2026-11-17T02:00:00Z', true],
  ] as const)
    await makeArmadaBackup(id, at, { seed: id, tables: { a: 9, b: 2, empty: 0 }, scheduled }, store)
  const healthy = await objectsOf(store)
  const md5 = (bytes: Uint8Array | undefined): string =>
    createHash('md5')
      .update(bytes ?? '')
      .digest('hex')
  await fc.assert(
    fc.asyncProperty(harming(harmsToBytes), async (what) => {
      const objects = harmed(healthy, what)
      const bent = await storeOf(objects)
      const { backups } = await verifyRepository(bent, armada)
      for (const { backup, verdict } of backups) {
        if (verdict !== 'good' && verdict !== 'warning') continue
        const restored = await stagedFiles(backup, bent, 'no key')
        const names = ['a.bak', 'b.bak', 'empty.bak']
        expect([...restored.keys()].sort()).toEqual([...names, 'manifest.json'])
        for (const name of names) {
          // A whole backup in the folder of another is that other one.
          const originals = ['one', 'two'].map((id) => md5(healthy.get(`${id}/${name}`)))
          expect(originals).toContain(md5(restored.get(name)))
        }
      }
    }),
    { seed: 14, numRuns: tries(40) },
  )
})
