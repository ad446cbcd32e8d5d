import type { SavedCluster } from '../../src/main/ports/desk-state.ts'

/** A cluster as it is saved: of kiok, with a repository and nothing else, but for what is given. */
export function savedClusterOf(fields: Partial<SavedCluster> = {}): SavedCluster {
  return {
    id: 'c1',
    name: 'kiok-prod',
    system: 'kiok',
    mode: 'normal',
    repositoryId: 'r1',
    masterKeys: [],
    rpoMs: 24 * 3_600_000,
    rtoMs: null,
    addedAt: '2026-11-20T02:00:00.000Z',
    connection: null,
    hostKeys: [],
    ownSchedule: null,
    drillSchedule: null,
    retention: { rules: null, sweepsOrphans: false, pins: [] },
    ...fields,
  }
}
