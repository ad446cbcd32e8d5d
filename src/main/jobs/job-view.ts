import type { Job } from '../../shared/contract/jobs.ts'
import { isActive, type JobState } from '../../shared/domain/job-state.ts'
import type { JobEnding, JournalEntry, JournalJob } from '../ports/job-journal.ts'
import type { JobSpec } from '../ports/job-runner.ts'

interface Phase {
  readonly name: string
  readonly state: Job['phases'][number]['state']
  readonly tookMs: number | null
  /** Of the stretch that is under way. */
  readonly sinceMs: number | null
}

/** What the events of a job so far amount to. */
export interface JobView {
  readonly state: JobState
  readonly phases: readonly Phase[]
  readonly doneBytes: number
  readonly totalBytes: number | null
  readonly bytesPerSecond: number | null
  readonly leftMs: number | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly ending: JobEnding | null
  readonly lastEvent: number
  /** The last sign of life; null before the first. */
  readonly lastAt: string | null
}

export function newJobView(spec: JobSpec): JobView {
  return {
    state: 'waiting',
    phases: spec.phases.map((name) => ({ name, state: 'toCome', tookMs: null, sinceMs: null })),
    doneBytes: 0,
    totalBytes: null,
    bytesPerSecond: null,
    leftMs: null,
    startedAt: null,
    finishedAt: null,
    ending: null,
    lastEvent: 0,
    lastAt: null,
  }
}

export function afterEntry(view: JobView, entry: JournalEntry, spec: JobSpec): JobView {
  const numbered = { ...view, lastEvent: entry.n, lastAt: entry.at }
  const { event } = entry
  switch (event.type) {
    case 'state':
      return afterState({ ...numbered, state: event.state }, entry, {
        spec,
        aliveAt: view.lastAt ?? entry.at,
      })
    case 'phase':
      return { ...numbered, phases: enterPhase(view.phases, event.name, Date.parse(entry.at)) }
    case 'progress': {
      const { doneBytes, totalBytes, bytesPerSecond, leftMs } = event
      return { ...numbered, doneBytes, totalBytes, bytesPerSecond, leftMs }
    }
    case 'log':
      return numbered
  }
}

function afterState(
  view: JobView,
  { at, ending }: JournalEntry,
  { spec, aliveAt }: { readonly spec: JobSpec; readonly aliveAt: string },
): JobView {
  const { state, lastEvent, lastAt } = view
  if (state === 'waiting') return { ...newJobView(spec), lastEvent, lastAt }
  if (state === 'running') return { ...view, startedAt: at }
  // That a process is gone may be found out days later, by the next one.
  const endedAt = state === 'interrupted' ? aliveAt : at
  const left = leavePhase(view.phases, state === 'done' ? 'done' : 'failed', Date.parse(endedAt))
  return {
    ...view,
    // One that was not needed has no time; the job is done with it all the same.
    phases:
      state === 'done'
        ? left.map((phase) => (phase.state === 'toCome' ? { ...phase, state: 'done' } : phase))
        : left,
    bytesPerSecond: null,
    leftMs: null,
    finishedAt: state === 'interrupted' ? null : at,
    ending,
  }
}

function leavePhase(phases: readonly Phase[], end: 'done' | 'failed', nowMs: number): readonly Phase[] {
  return phases.map((phase) =>
    phase.state === 'running'
      ? {
          ...phase,
          state: end,
          tookMs: (phase.tookMs ?? 0) + Math.max(0, nowMs - (phase.sinceMs ?? nowMs)),
          sinceMs: null,
        }
      : phase,
  )
}

/** A phase may be entered again; one that was not foreseen stands after the one that is left. */
function enterPhase(phases: readonly Phase[], name: string, nowMs: number): readonly Phase[] {
  const at = phases.findIndex((phase) => phase.state === 'running')
  if (phases[at]?.name === name) return phases
  const left = leavePhase(phases, 'done', nowMs)
  const isForeseen = left.some((phase) => phase.name === name)
  const all = isForeseen
    ? left
    : left.toSpliced(at < 0 ? left.length : at + 1, 0, {
        name,
        state: 'toCome',
        tookMs: null,
        sinceMs: null,
      })
  return all.map((phase) => (phase.name === name ? { ...phase, state: 'running', sinceMs: nowMs } : phase))
}

export function asJob(
  { id, createdAt, spec }: JournalJob,
  view: JobView,
  can: { readonly cancel: boolean; readonly resume: boolean },
): Job {
  const { ending } = view
  return {
    id,
    kind: spec.kind,
    clusterId: spec.clusterId,
    subject: spec.subject,
    detail: spec.detail,
    state: view.state,
    phases: view.phases.map(({ name, state, tookMs }) => ({ name, state, tookMs })),
    phase: view.phases.find((phase) => phase.state === 'running')?.name ?? null,
    doneBytes: view.doneBytes,
    totalBytes: view.totalBytes,
    bytesPerSecond: view.bytesPerSecond,
    leftMs: view.leftMs,
    createdAt,
    startedAt: view.startedAt,
    finishedAt: view.finishedAt,
    outcome: ending?.outcome ?? null,
    tone: ending?.tone ?? null,
    failure: ending?.failure ?? null,
    result: ending?.result ?? null,
    cancel: can.cancel && isActive(view.state) ? spec.cancel : null,
    canResume: can.resume && view.state === 'interrupted',
    lastEvent: view.lastEvent,
  }
}
