import type { Job, JobEvent, JobResult } from '../../shared/contract/jobs.ts'
import type { HoldfastError } from '../../shared/domain/error.ts'
import type { Failure } from '../../shared/domain/failure.ts'
import type { JobSpec } from './job-runner.ts'

/** How a job ended, beside its state. */
export interface JobEnding {
  readonly outcome: string
  readonly tone: NonNullable<Job['tone']>
  readonly failure: Failure | null
  readonly result: JobResult | null
}

export type JournalEntry = JobEvent & {
  /** With the state of a job that has ended or was interrupted; null with everything else. */
  readonly ending: JobEnding | null
}

export interface JournalJob {
  readonly id: string
  readonly createdAt: string
  readonly spec: JobSpec
}

export interface JournalledJob {
  readonly job: JournalJob
  /** By their number, rising. */
  readonly entries: readonly JournalEntry[]
}

/**
 * What jobs leave behind, so that a later process can tell what became of them and go on.
 *
 * Promises of every implementation, checked by one conformance suite:
 * - `begin`, and an `append` that holds a state, are durable when they resolve. Everything else may be lost by a crash, but
 *   only from the end.
 * - Entries are kept in the order in which `append` was called. Of progress only the newest is sure to be kept.
 * - What cannot be understood is reported in `problems`, left out of `load`, and never written.
 */
export interface JobJournal {
  /** A sentence where nothing can be written here, because another instance does; then every change is `state.readOnly`. */
  readonly readOnlyBecause: string | null
  readonly problems: readonly HoldfastError[]
  /** As it was when the journal was opened; the oldest first. */
  load(): Promise<readonly JournalledJob[]>
  begin(job: JournalJob, first: readonly JournalEntry[]): Promise<void>
  append(jobId: string, entries: readonly JournalEntry[]): Promise<void>
  /** One that is not there is removed already. */
  remove(jobId: string): Promise<void>
  /**
   * Leaves word that a job is to be cancelled, and resolves once the instance that runs it has taken it: the one thing that is
   * asked for where the journal is only read. Throws `state.readOnly` where nobody takes it.
   */
  askToCancel(jobId: string): Promise<void>
  /** Takes every such word from now on; gives how to stop. One that was left for an earlier instance is forgotten. */
  onCancelAsked(listener: (jobId: string) => void): () => void
  /** Resolves once all that was asked for has ended. */
  close(): Promise<void>
}
