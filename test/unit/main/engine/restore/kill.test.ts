import { describe, expect, test, vi } from 'vitest'
import { fakeProcesses, scratch } from './fixture.ts'
import { endsOfAllKills, sceneOf } from './kill-scenes.ts'

vi.mock('node:fs/promises', async (original) => {
  const { killableCalls } = await import('./killable-calls.ts')
  return killableCalls(await original())
})

describe.each(['restore', 'cancelled restore', 'rollback'] as const)('a %s', (job) => {
  test('killed at any system call, however often, its recoveries too, ends in exactly the old or the new state', async () => {
    using folder = scratch()
    const processes = fakeProcesses()
    const scene = await sceneOf(job, folder.path, processes)
    const { shapes, states } = await endsOfAllKills(job, scene, folder.path, processes)
    expect(states).toBeGreaterThan(10)
    expect(shapes).toHaveLength(2)
    expect(shapes).toContainEqual(scene.old)
    expect(shapes).toContainEqual(scene.new)
  })
})
