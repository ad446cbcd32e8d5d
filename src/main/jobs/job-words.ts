import type { Job, JobKind } from '../../shared/contract/jobs.ts'
import { isActive } from '../../shared/domain/job-state.ts'

const nouns: Readonly<Record<JobKind, string>> = {
  verify: 'Verification',
  keyCheck: 'Key check',
  restore: 'Restore',
  rollback: 'Rollback',
  copy: 'Copy',
  snapshot: 'Snapshot',
  prune: 'Clean-up',
  drill: 'Drill',
}

/** What becomes of a job whose program ends before it does. */
const afterQuitting: Readonly<Record<JobKind, string>> = {
  verify: 'what was read stays proved; it can be resumed at the next start.',
  keyCheck: 'it can be resumed at the next start.',
  restore: 'the target goes back to what it was before; it can be resumed at the next start.',
  rollback: 'the target goes back to what it was before; it can be resumed at the next start.',
  copy: 'what was copied stays; it can be resumed at the next start.',
  snapshot:
    'the cluster may go on with it; at the next start the repository is looked at, and nothing is asked for twice.',
  prune: 'what went is gone, every backup that is still there is whole, and nothing more goes by itself.',
  drill: 'its scratch folder is removed; it can be resumed at the next start, and begins anew then.',
}

export interface Notification {
  readonly title: string
  readonly body: string
}

/** What the system is asked to show of a job that has just ended: nothing while the window is seen, or of a cancelled one. */
export function notificationFor(job: Job, { visible }: { readonly visible: boolean }): Notification | null {
  if (visible || (job.state !== 'done' && job.state !== 'failed')) return null
  const ended = job.state === 'done' ? 'has ended' : 'failed'
  return { title: `${nouns[job.kind]} of ${job.subject} ${ended}`, body: job.outcome ?? job.detail }
}

export interface QuitQuestion {
  readonly title: string
  /** One a job: which one it is, and what quitting does to it. */
  readonly lines: readonly string[]
  readonly stay: string
  readonly quit: string
}

/** Null where nothing runs or waits: quitting needs no question then. */
export function quitQuestion(jobs: readonly Job[]): QuitQuestion | null {
  const active = jobs.filter(({ state }) => isActive(state))
  if (active.length === 0) return null
  return {
    title: active.length === 1 ? '1 job has not ended. Quit?' : `${active.length} jobs have not ended. Quit?`,
    lines: active.map(({ kind, subject, state }) =>
      state === 'waiting'
        ? `${nouns[kind]} of ${subject}: it has not begun; it can be resumed at the next start.`
        : `${nouns[kind]} of ${subject}: ${afterQuitting[kind]}`,
    ),
    stay: 'Keep running',
    quit: 'Quit',
  }
}
