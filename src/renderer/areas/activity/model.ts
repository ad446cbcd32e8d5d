import type { HostInfo } from '../../../shared/contract/host.ts'
import type { Job, JobKind } from '../../../shared/contract/jobs.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import { spanWords } from '../../../shared/domain/size-words.ts'
import type { Tone } from '../../ui/tone.ts'
import { dayText } from '../chain/model/day-words.ts'

export const kindWords: Readonly<Record<JobKind, string>> = {
  verify: 'Verify',
  keyCheck: 'Key check',
  restore: 'Restore',
  rollback: 'Roll back',
  copy: 'Copy',
  snapshot: 'Snapshot',
  prune: 'Clean-up',
  drill: 'Drill',
}

const endTones: Readonly<Record<NonNullable<Job['tone']>, Tone>> = {
  good: 'good',
  attention: 'warn',
  bad: 'bad',
  neutral: 'none',
}

export function toneOf({ state, tone }: Pick<Job, 'state' | 'tone'>): Tone {
  switch (state) {
    case 'running':
      return 'run'
    case 'waiting':
    case 'cancelled':
      return 'none'
    case 'interrupted':
      return 'warn'
    case 'failed':
      return 'bad'
    case 'done':
      return tone === null ? 'good' : endTones[tone]
  }
}

const stateWords: Readonly<Record<Job['state'], string>> = {
  waiting: 'Waits for its turn',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted: it needs an answer',
}

/** One line under the job's name: what it is at, or what it came to. */
export function lineOf({ state, phase, outcome, failure }: Job): string {
  if (state === 'running') return phase ?? stateWords.running
  return outcome ?? failure?.what ?? stateWords[state]
}

/** At the end of the row: what is left, or when it ended (UTC). */
/** How long it worked: the time in which an interrupted one lay there until somebody dismissed it is none of it. */
export function ranMs({
  startedAt,
  finishedAt,
  phases,
}: Pick<Job, 'startedAt' | 'finishedAt' | 'phases'>): number {
  const measured = phases.flatMap(({ tookMs }) => (tookMs === null ? [] : [tookMs]))
  if (measured.length > 0) return measured.reduce((sum, tookMs) => sum + tookMs, 0)
  return startedAt === null || finishedAt === null ? 0 : Date.parse(finishedAt) - Date.parse(startedAt)
}

export function rightOf({ state, leftMs, finishedAt }: Job): string {
  if (state === 'running') return leftMs === null ? '' : `${spanWords(leftMs)} left`
  return finishedAt === null ? '' : finishedAt.slice(11, 16)
}

/** Share of the bytes that is done, in per cent; null while that cannot be said. */
export function doneShare({ doneBytes, totalBytes }: Pick<Job, 'doneBytes' | 'totalBytes'>): number | null {
  if (totalBytes === null || totalBytes === 0) return null
  return Math.min(100, (100 * doneBytes) / totalBytes)
}

/** Beside the job's name: what it is at, or how it ended. */
export function stateWord(job: Pick<Job, 'state' | 'phase' | 'tone'>): string {
  switch (job.state) {
    case 'running':
      return job.phase ?? 'Running'
    case 'waiting':
      return 'Waits for its turn'
    case 'done':
      return job.tone === 'bad'
        ? 'Done, with bad news'
        : job.tone === 'attention'
          ? 'Done, look at it'
          : 'Done'
    case 'failed':
      return 'Failed'
    case 'cancelled':
      return 'Cancelled'
    case 'interrupted':
      return 'Interrupted'
  }
}

export const workWords: Readonly<Record<JobKind, { readonly reads: string; readonly writes: string }>> = {
  verify: { reads: 'each distinct object once, to its last byte', writes: 'nothing in the repository' },
  keyCheck: { reads: 'the first 4 KiB of each distinct object', writes: 'nothing in the repository' },
  restore: { reads: 'the objects of one backup', writes: 'the target folder; the cluster is not touched' },
  rollback: { reads: 'what stands in the target folder', writes: 'names in the target folder alone' },
  copy: { reads: 'the objects of one backup', writes: 'the other repository; the source is not touched' },
  snapshot: { reads: 'what the cluster hands over, and what arrived', writes: 'one new backup' },
  drill: {
    reads: 'the objects of one backup',
    writes: 'a scratch folder, which is removed again; the cluster is not touched',
  },
  prune: { reads: 'the listing and the manifests', writes: 'nothing; it deletes what the preview named' },
}

/** What becomes of running jobs where the window is closed. */
export function closingWords(shell: HostInfo['shell']): string {
  return shell === 'electron'
    ? 'Jobs go on wherever you are in this window. Closing it ends Holdfast, and asks first while one runs.'
    : 'You can close this window: jobs go on, and show here again.'
}

/** What becomes of a job whose program ended before it did. */
export function restartWords(kind: JobKind): string {
  switch (kind) {
    case 'restore':
    case 'rollback':
      return 'If its swap had begun, the target stands between old and new, with nothing lost; resuming first brings it to one of the two.'
    case 'copy':
      return 'Resuming copies what is not there yet.'
    case 'snapshot':
      return 'The cluster is asked for nothing twice: resuming looks for what came of it in the repository.'
    case 'prune':
      return 'What went is gone, and every backup that is still there is whole. If it had begun, nothing more goes by itself.'
    case 'drill':
      return 'Its scratch folder is removed at the next start; resuming begins the drill anew.'
    case 'verify':
    case 'keyCheck':
      return 'What was read is remembered; resuming reads the rest.'
  }
}

export interface JobGroup {
  readonly title: string
  readonly jobs: readonly Job[]
}

/** What needs an answer first, then what runs and waits, then what has ended, by day (UTC), newest first. */
export function groupJobs(jobs: readonly Job[], nowMs: number): readonly JobGroup[] {
  const of = (state: Job['state']): readonly Job[] => jobs.filter((job) => job.state === state)
  const ended = jobs
    .filter(({ state }) => state === 'done' || state === 'failed' || state === 'cancelled')
    .toSorted((a, b) => ((a.finishedAt ?? '') < (b.finishedAt ?? '') ? 1 : -1))
  const today = new Date(nowMs).toISOString().slice(0, 10)
  const days = Map.groupBy(ended, ({ finishedAt, createdAt }) => (finishedAt ?? createdAt).slice(0, 10))
  return [
    { title: 'Needs an answer', jobs: of('interrupted') },
    { title: 'Running', jobs: of('running') },
    { title: 'Waiting', jobs: of('waiting') },
    ...[...days].map(([day, of]) => ({
      title: day === today ? 'Finished today' : `Finished ${dayText(day, nowMs)}`,
      jobs: of,
    })),
  ].filter(({ jobs: each }) => each.length > 0)
}

/** The first `most` jobs of the groups; `count` is of the whole group. */
export function cutGroups(
  groups: readonly JobGroup[],
  most: number,
): readonly (JobGroup & { readonly count: number })[] {
  let left = most
  const cut: (JobGroup & { readonly count: number })[] = []
  for (const { title, jobs } of groups) {
    if (left <= 0) break
    cut.push({ title, jobs: jobs.slice(0, left), count: jobs.length })
    left -= jobs.length
  }
  return cut
}

/** Cancelling these undoes work or leaves a part of it; the others only stop reading. */
const asksFirst: ReadonlySet<JobKind> = new Set(['restore', 'rollback', 'copy', 'prune'])

export function cancelAsks({ state, kind }: Pick<Job, 'state' | 'kind'>): boolean {
  return state === 'running' && asksFirst.has(kind)
}

export function cancelCommand(jobId: string): string {
  return commandLine(['holdfast', 'jobs', 'cancel', jobId])
}

export function dismissCommand(jobId: string): string {
  return commandLine(['holdfast', 'jobs', 'dismiss', jobId])
}

export function resumeCommand(jobId: string): string {
  return commandLine(['holdfast', 'jobs', 'resume', jobId])
}
