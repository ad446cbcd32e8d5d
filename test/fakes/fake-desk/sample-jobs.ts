import type { JobResult } from '../../../src/shared/contract/jobs.ts'
import type { Failure } from '../../../src/shared/domain/failure.ts'
import type { JobEnding, JournalEntry, JournalJob } from '../../../src/main/ports/job-journal.ts'
import type { JobSpec } from '../../../src/main/ports/job-runner.ts'
import type { SampleCluster } from './sample-fleet.ts'
import { hexOf, iso, minuteMs } from './seeded.ts'

export const phasesOf = {
  verify: ['List the repository', 'Read and hash', 'Judge'],
  keyCheck: ['List the repository', 'Read headers'],
  restore: ['Check again', 'Write beside the target', 'Make durable', 'Swap into place', 'Read back'],
  rollback: ['Check again', 'Swap back', 'Read back'],
  copy: ['Read the source', 'Write the copy', 'Read back'],
} as const satisfies Record<JobSpec['kind'], readonly string[]>

export const cancelWords: Readonly<Record<JobSpec['kind'], string>> = {
  verify: 'Stops reading. What was read stays proved.',
  keyCheck: 'Stops reading. Nothing is changed.',
  restore:
    'Undoes what was begun: the target stands as it was before, and what was written beside it is removed.',
  rollback: 'Leaves the restore in place, as it stands.',
  copy: 'Removes what was begun of an object. What was copied stays.',
}

export function jobSpec(
  kind: JobSpec['kind'],
  { id, name }: { readonly id: string | null; readonly name: string },
  detail: string,
  request: unknown = {},
): JobSpec {
  return {
    kind,
    clusterId: id,
    subject: name,
    detail,
    request,
    phases: phasesOf[kind],
    cancel: cancelWords[kind],
    exclusive: null,
  }
}

interface Past {
  readonly spec: JobSpec
  readonly startedMs: number
  readonly tookMs: number
  readonly state: 'done' | 'failed' | 'cancelled' | 'interrupted'
  readonly bytes: number
  readonly outcome: string
  readonly tone: JobEnding['tone']
  readonly failure?: Failure
  readonly result?: JobResult
  readonly logs?: readonly { readonly severity: 'info' | 'warning' | 'error'; readonly text: string }[]
  /** The phase in which it ended; the last one where it is left out. */
  readonly endsIn?: number
}

/** A job that has ended, as its journal tells it. */
function pastJob({ spec, startedMs, tookMs, state, bytes, logs = [], ...past }: Past): {
  readonly job: JournalJob
  readonly entries: JournalEntry[]
} {
  const phases = spec.phases.slice(0, (past.endsIn ?? spec.phases.length - 1) + 1)
  const shares = [0.06, 0.62, 0.08, 0.06, 0.18]
  const total = phases.reduce((sum, _phase, place) => sum + (shares[place] ?? 0.1), 0)
  const entries: JournalEntry[] = []
  const add = (ms: number, event: JournalEntry['event'], ending: JobEnding | null = null): void => {
    entries.push({ n: entries.length + 1, at: iso(ms), event, ending })
  }
  add(startedMs - 40, { type: 'state', state: 'waiting' })
  add(startedMs, { type: 'state', state: 'running' })
  let ms = startedMs
  phases.forEach((name, place) => {
    add(ms, { type: 'phase', name })
    ms += (tookMs * (shares[place] ?? 0.1)) / total
  })
  for (const log of logs) add(startedMs + tookMs * 0.9, { type: 'log', ...log })
  add(startedMs + tookMs, {
    type: 'progress',
    doneBytes: bytes,
    totalBytes: bytes,
    bytesPerSecond: null,
    leftMs: null,
  })
  add(
    startedMs + tookMs,
    { type: 'state', state },
    {
      outcome: past.outcome,
      tone: past.tone,
      failure: past.failure ?? null,
      result: past.result ?? null,
    },
  )
  const id = hexOf(`job ${spec.kind} ${startedMs}`, 24)
  return { job: { id, createdAt: iso(startedMs - 40), spec }, entries }
}

/** Jobs that have ended in every way, oldest first. */
export function pastJobs(fleet: readonly SampleCluster[], nowMs: number) {
  const of = (name: string): SampleCluster | undefined => fleet.find(({ cluster }) => cluster.name === name)
  const prod = of('kiok-prod')
  const core = of('chango-core')
  const edge = of('armada-edge')
  const dr = of('chango-dr')
  if (!prod || !core || !edge || !dr) return []
  const bad = prod.chain().backups.filter(({ restorability }) => restorability === 'notRestorable')
  const newest = core.chain().backups[0]?.backupId ?? ''
  const target = '/srv/restore/chango-core'
  return [
    pastJob({
      spec: jobSpec('copy', dr.cluster, `${dr.chain().backups[3]?.backupId ?? ''} to offline`),
      startedMs: nowMs - 27 * 60 * minuteMs,
      tookMs: 48_000,
      state: 'done',
      bytes: 61_000_000,
      outcome: '1 object copied and read back after 2 retries.',
      tone: 'attention',
      logs: [{ severity: 'warning', text: 'The connection was reset; tried again after 1 s' }],
      result: {
        kind: 'copy',
        to: 'file:///srv/offline/chango-dr',
        backupId: dr.chain().backups[3]?.backupId ?? '-',
        objects: 1,
        written: 1,
        writtenBytes: 61_000_000,
      },
    }),
    pastJob({
      spec: jobSpec('verify', edge.cluster, 'all 40 backups'),
      startedMs: nowMs - 103 * minuteMs,
      tookMs: 9_000,
      state: 'cancelled',
      bytes: 16_840_000,
      outcome: 'Cancelled. What was read stays proved.',
      tone: 'neutral',
      endsIn: 1,
    }),
    pastJob({
      spec: jobSpec('verify', prod.cluster, 'all 24 backups'),
      startedMs: nowMs - 33 * minuteMs,
      tookMs: 21_000,
      state: 'done',
      bytes: 1_420_000_000,
      outcome: `1 damaged object, ${bad.length} backups hang on it.`,
      tone: 'bad',
      logs: [{ severity: 'error', text: `${bad[0]?.finding?.message ?? ''}` }],
      result: {
        kind: 'verify',
        backups: 24,
        good: 24 - bad.length - 1,
        warning: 0,
        bad: bad.length,
        unknown: 1,
        objectsRead: 51,
        bytesRead: 1_420_000_000,
        notGood: bad.map(({ backupId, verdict, level, finding }) => ({
          backupId,
          verdict,
          level,
          code: finding?.code ?? '',
          message: finding?.message ?? '',
        })),
      },
    }),
    pastJob({
      spec: jobSpec('restore', core.cluster, `${newest} to /srv/restore/full`),
      startedMs: nowMs - 24 * minuteMs,
      tookMs: 12_000,
      state: 'failed',
      bytes: 44_000_000,
      endsIn: 1,
      outcome: 'The restore stopped while it wrote beside the target, and was undone.',
      tone: 'bad',
      failure: {
        code: 'target.full',
        what: '/srv/restore/full has no room left: 12.1 MB of 88.1 MB could not be written.',
        why: 'Something else on this file system grew while the restore ran.',
        unchanged: 'The target stands as it was before; what was written beside it is removed.',
        next: 'Make 640 MB free, then restore again.',
      },
      logs: [{ severity: 'error', text: 'write: no space left on device' }],
    }),
    pastJob({
      spec: jobSpec('verify', dr.cluster, 'all 120 backups'),
      startedMs: nowMs - 20 * minuteMs,
      tookMs: 41_000,
      state: 'interrupted',
      bytes: 3_100_000_000,
      endsIn: 1,
      outcome: 'Holdfast ended before the job did. What was read stays proved.',
      tone: 'attention',
    }),
    pastJob({
      spec: jobSpec('keyCheck', core.cluster, 'the first 4 KiB of 312 objects'),
      startedMs: nowMs - 10 * minuteMs,
      tookMs: 2_000,
      state: 'done',
      bytes: 1_277_952,
      outcome: 'Opens 312 of 312, 1.3 MB read.',
      tone: 'good',
      result: { kind: 'keyCheck', opens: 312, refused: 0, other: 0, backups: [] },
    }),
    pastJob({
      spec: jobSpec('restore', core.cluster, `${newest} to ${target}`),
      startedMs: nowMs - 9 * minuteMs,
      tookMs: 34_000,
      state: 'done',
      bytes: 176_200_000,
      outcome: '3 stores are in place, and every byte was read back.',
      tone: 'good',
      result: restoreResult(newest, target, hexOf('plan', 64), iso(nowMs - 9 * minuteMs)),
    }),
  ]
}

export function restoreResult(
  backupId: string,
  targetDir: string,
  planHash: string,
  at: string,
): Extract<JobResult, { kind: 'restore' }> {
  const stamp = at.replaceAll(/[-:]|\.\d{3}/g, '')
  return {
    kind: 'restore',
    targetDir,
    backupId,
    planHash,
    sizeBytes: 213_400_000,
    items: [
      { name: 'kms', files: 12, sizeBytes: 3_100_000 },
      { name: 'iam', files: 31, sizeBytes: 12_400_000 },
      { name: 'metadata', files: 204, sizeBytes: 197_900_000 },
    ],
    movedAside: ['kms', 'iam', 'metadata'].map((name) => ({ name, to: `${name}.before-restore-${stamp}` })),
    recovered: null,
  }
}
