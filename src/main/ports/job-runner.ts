import type { Job, JobEvent, JobKind, JobResult } from '../../shared/contract/jobs.ts'

/** A job as it is asked for: data, so that a later process can go on with it. */
export interface JobSpec {
  readonly kind: JobKind
  readonly clusterId: string | null
  readonly subject: string
  readonly detail: string
  /** What the work needs, as JSON without a secret. */
  readonly request: unknown
  /** Names of its phases, in order. */
  readonly phases: readonly string[]
  /** What cancelling does, in words. */
  readonly cancel: string
  /** Jobs with the same one never run at once (a target folder, a repository that is written to); null: any number. */
  readonly exclusive: string | null
}

/** What the work reports while it runs. */
export interface JobContext {
  readonly jobId: string
  readonly signal: AbortSignal
  phase(name: string): void
  /** As often as it likes; at most ten a second become events. */
  progress(doneBytes: number, totalBytes: number | null): void
  log(severity: 'info' | 'warning' | 'error', text: string): void
}

export interface JobOutcome {
  readonly outcome: string
  readonly tone: 'good' | 'attention' | 'bad' | 'neutral'
  readonly result: JobResult | null
}

export type JobWork = (request: unknown, context: JobContext) => Promise<JobOutcome>

/**
 * Runs jobs, keeps their journal, and goes on where a dead process stopped. A job that throws has failed with that
 * `HoldfastError` (an unexpected error is `internal`, its text goes to the log alone); one whose signal was aborted and that
 * throws `cancelled` is cancelled.
 */
export interface JobRunner {
  /** Resolves once the job is in the journal. At most three run at once; the rest wait in order. */
  start(spec: JobSpec): Promise<Job>
  list(): readonly Job[]
  /** Throws `job.notFound`. */
  get(id: string): Job
  events(id: string, after: number, signal?: AbortSignal): AsyncIterable<JobEvent>
  cancel(id: string): Promise<Job>
  resume(id: string): Promise<Job>
  dismiss(id: string): Promise<Job>
  /** Called with the id of a job whenever it changes (at most ten times a second each). */
  onChange(listener: (id: string) => void): () => void
  /** Cancels nothing: waits for running jobs to reach a state from which they can go on, then stops. */
  close(): Promise<void>
}
