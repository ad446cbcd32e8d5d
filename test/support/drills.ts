import type { Drill, DrillPhase } from '../../src/shared/domain/drill.ts'

export const mega = 1_000_000

/** A drill whose measured parts took so many milliseconds in all, a quarter each. */
export function drillOf(fields: Partial<Drill> & { readonly tookMs?: number } = {}): Drill {
  const { tookMs = 4_000, ...more } = fields
  const plainBytes = more.plainBytes ?? mega
  const phase = (name: DrillPhase['name']): DrillPhase => ({ name, tookMs: tookMs / 4, bytes: plainBytes })
  return {
    id: 'd1',
    by: 'job',
    backupId: 'b1',
    createdAt: '2026-11-20T02:00:00.000Z',
    startedAt: '2026-11-20T03:00:00.000Z',
    finishedAt: '2026-11-20T03:01:00.000Z',
    outcome: { kind: 'restored' },
    content: 'f'.repeat(64),
    items: 1,
    files: 1,
    plainBytes,
    phases: [
      { name: 'prove', tookMs: 0, bytes: 0 },
      phase('read'),
      phase('unpack'),
      phase('place'),
      phase('readBack'),
      { name: 'cleanUp', tookMs: 9_000, bytes: plainBytes },
    ],
    notMeasured: ['Starting it.'],
    folder: '/var/tmp/scratch',
    folderStands: false,
    ...more,
  }
}
