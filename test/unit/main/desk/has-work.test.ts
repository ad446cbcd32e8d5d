import { expect, test } from 'vitest'
import { hasWork } from '../../../../src/main/desk/has-work.ts'
import type { SavedCluster } from '../../../../src/main/ports/desk-state.ts'
import type { Job } from '../../../../src/shared/contract/jobs.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { savedClusterOf } from '../../../support/saved-cluster.ts'

type Parts = Parameters<typeof hasWork>[0]

async function deskOf(
  cluster: Partial<SavedCluster> = {},
  {
    states = [],
    isAtWork = false,
    readOnlyBecause,
  }: { states?: readonly Job['state'][]; isAtWork?: boolean; readOnlyBecause?: string } = {},
): Promise<Parts> {
  const state = memoryDeskState(readOnlyBecause === undefined ? {} : { readOnlyBecause })
  if (readOnlyBecause === undefined) await state.clusters.put(savedClusterOf(cluster))
  return {
    state,
    jobs: { list: () => states.map((each) => ({ state: each })) },
    runbooks: { isAtWork: () => isAtWork },
  } as unknown as Parts
}

test('What runs, and what is to be made on time, is work; a cluster that is only looked at is none', async () => {
  expect(hasWork(await deskOf())).toBe(false)
  expect(hasWork(await deskOf({}, { states: ['done', 'failed', 'interrupted'] }))).toBe(false)
  expect(hasWork(await deskOf({}, { states: ['done', 'running'] }))).toBe(true)
  expect(hasWork(await deskOf({}, { isAtWork: true }))).toBe(true)
  const snapshots = { ownSchedule: { cron: '0 0 2 * * *', zone: 'UTC' } } as Partial<SavedCluster>
  expect(hasWork(await deskOf(snapshots))).toBe(true)
  const drills = {
    drillSchedule: { every: 7, at: '02:00', zone: 'UTC', folder: null, host: null },
  } as unknown as Partial<SavedCluster>
  expect(hasWork(await deskOf(drills))).toBe(true)
})
