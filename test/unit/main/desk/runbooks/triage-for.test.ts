import { expect, test } from 'vitest'
import { triageFor } from '../../../../../src/main/desk/runbooks/triage-for.ts'
import type { SavedCluster } from '../../../../../src/main/ports/desk-state.ts'
import type { SystemName } from '../../../../../src/shared/domain/system-name.ts'

const nowMs = Date.parse('2026-11-20T12:00:00Z')

/** A cluster of which nothing was seen, but for the runs that are given. */
function wrongRestoreOf(
  system: SystemName,
  runs: readonly { readonly scenario: string; readonly startedAt: string; readonly endedAt: string | null }[],
) {
  const cluster = {
    id: 'c1',
    name: 'eu',
    system,
    masterKeys: [],
    repositoryId: 'r1',
  } as unknown as SavedCluster
  const parts = {
    state: {
      targets: { list: () => [] },
      repositories: { get: () => null },
      clusters: { list: () => [cluster] },
    },
    healths: { get: () => null },
    views: { look: () => null },
    clock: { now: () => nowMs },
    runbooks: { list: () => runs.map((run) => ({ clusterId: 'c1', ...run })) },
  } as unknown as Parameters<typeof triageFor>[2]
  const answers = {
    want: 'incident',
    network: 'fine',
    key: 'opens',
    alive: 'all',
    ready: 'ready',
    database: 'serves',
  }
  const { questions } = triageFor(cluster, answers, parts)
  return questions.find(({ id }) => id === 'wrongRestore')
}

const before = (hours: number): string => new Date(nowMs - hours * 3_600_000).toISOString()

test.each<readonly [SystemName, string]>([
  ['armada', 'AR-2'],
  ['kindling', 'KD-2'],
  ['kiok', 'KI-4'],
])('a wrong restore of %s is not ruled out where a run of %s is not a week old', (system, scenario) => {
  const run = { scenario, startedAt: before(30), endedAt: before(29) }
  expect(wrongRestoreOf(system, [run])?.found).toBeNull()
  // Open since weeks: it may have restored today.
  expect(wrongRestoreOf(system, [{ ...run, startedAt: before(300), endedAt: null }])?.found).toBeNull()
  expect(
    wrongRestoreOf(system, [{ ...run, startedAt: before(300), endedAt: before(200) }])?.found,
  ).toMatchObject({
    choice: 'no',
  })
  expect(wrongRestoreOf(system, [{ ...run, scenario: 'X-1' }])?.found).toMatchObject({ choice: 'no' })
})
