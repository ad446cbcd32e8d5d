import { expect, test } from 'vitest'
import { memoryOfThisRun } from '../../../../src/main/engine/verify/no-memory.ts'
import { chango } from '../../../../src/main/systems/chango/chango.ts'
import { kindling } from '../../../../src/main/systems/kindling/kindling.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { makeChangoArchive } from '../../../lab/chango.ts'
import { labVolume } from '../../../lab/kindling.ts'
import { verifyRepository } from '../../../lab/verify-repository.ts'

const volume =
  'project-volumes/0f7d1c5e-1111-4222-8333-444455556666/backups/9a8b7c6d-aaaa-4bbb-8ccc-ddddeeeeffff.qcow2'

async function archive(): Promise<readonly [string, Uint8Array]> {
  const { key, pieces } = await makeChangoArchive({ dialect: 1, seed: 'rules', when: '2026-05-30T02:00:00Z' })
  const bytes: Uint8Array[] = []
  for await (const piece of pieces()) bytes.push(piece)
  return [key, Buffer.concat(bytes)]
}

test.each([
  ['an archive of chango', chango, archive, /,"rules":\d+/],
  ['a disk of kindling', kindling, async () => [volume, labVolume()] as const, /,"rules":\d+/],
] as const)(
  'What was remembered of %s by fewer rules is read again, and then no more',
  async (_, system, made, rules) => {
    const [key, bytes] = await made()
    const store = memoryStore()
    await store.put(key, bytes)
    const memory = memoryOfThisRun()
    await verifyRepository(store, system, { memory })
    const facts = memory.facts(key)
    if (facts === null) throw new Error('nothing was remembered')
    const earlier = facts.walk?.replace(rules, '') ?? null
    expect(earlier).not.toBe(facts.walk)
    memory.remember(key, { ...facts, walk: earlier })
    expect((await verifyRepository(store, system, { memory })).objectsRead).toBe(1)
    expect((await verifyRepository(store, system, { memory })).objectsRead).toBe(0)
  },
)
