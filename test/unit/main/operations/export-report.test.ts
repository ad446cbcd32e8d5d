import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKeyRing } from '../../../../src/main/engine/envelope/key-ring.ts'
import { inProcessByteWork } from '../../../fakes/in-process-byte-work.ts'
import { memoryOfThisRun } from '../../../../src/main/engine/verify/no-memory.ts'
import type { OpenRepository } from '../../../../src/main/operations/open-repository.ts'
import { planBackup } from '../../../../src/main/operations/plan-backup.ts'
import { runPlan } from '../../../../src/main/operations/run-plan.ts'
import { kiok } from '../../../../src/main/systems/kiok/kiok.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { stoppedClock } from '../../../lab/verify-repository.ts'
import { countingRandom, openTarget, scratch } from '../engine/restore/fixture.ts'
import { kiokStoreNames, sha256 } from '../systems/kiok/fixture.ts'

const at = '2026-11-20T02:00:00Z'

test('An export of thousands of stores is written with its report, for which the plan has made room', async () => {
  const store = memoryStore()
  const backupId = '20261119T020000Z-00000001'
  const plain = Buffer.from('x')
  const names = [...kiokStoreNames, ...Array.from({ length: 4000 }, (_, index) => `store-${index}`)]
  for (const name of names) await store.put(`${backupId}/${name}`, plain)
  const stores = Object.fromEntries(names.map((name) => [name, { sha256: sha256(plain), size: 1 }]))
  await store.put(`${backupId}/manifest.json`, Buffer.from(JSON.stringify({ stores })))

  const clock = stoppedClock(at)
  const memory = memoryOfThisRun()
  const inventory = await kiok.readInventory(store, {
    remembered: () => null,
    facts: () => null,
    saw: () => {},
  })
  const keyRing = createKeyRing([], { installationSecret: new Uint8Array(32) })
  const byteWork = inProcessByteWork(new Map())
  const opened: OpenRepository = {
    repository: 'file:///repository',
    address: { kind: 'file', folder: '/repository' },
    system: kiok,
    store,
    memory,
    masterKeys: [],
    keyFingerprints: [],
    keyRing,
    inventory,
    byteWork: async () => byteWork,
  }
  using folder = scratch()
  const dir = join(folder.path, 'export')
  const target = await openTarget(dir)
  try {
    const [backup] = inventory.backups
    if (backup === undefined) throw new Error('There is no backup.')
    const planned = await planBackup(backup, target, opened, { clock })
    const signal = new AbortController().signal
    await runPlan(planned, target, { clock, random: countingRandom(), signal, onProgress: () => {} })
    const report = join(dir, 'report.json')
    expect(statSync(report).size).toBeGreaterThan(1024 * 1024)
    expect(statSync(report).size).toBeLessThanOrEqual(planned.plan.generated[0]?.maxBytes ?? 0)
    expect(Object.keys(JSON.parse(readFileSync(report, 'utf8')).stores)).toHaveLength(4005)
  } finally {
    await target.close()
    await byteWork.close()
  }
})
