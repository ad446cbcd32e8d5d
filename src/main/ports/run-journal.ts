import type { HoldfastError } from '../../shared/domain/error.ts'
import type { RunEntry } from '../../shared/domain/runbook-events.ts'
import type { RunbookSetting } from './runbook.ts'

/** A run as it was begun; what is given to it later is an event. */
export interface RunHead {
  readonly id: string
  /** Of the runbook. */
  readonly scenario: string
  readonly clusterId: string
  readonly setting: RunbookSetting
  readonly startedAt: string
  readonly startedBy: string
  /** When what is recovered from happened. */
  readonly failedAt: string
  /** How the operator came to this runbook. */
  readonly answers: readonly {
    readonly question: string
    readonly answer: string
    readonly because: string
  }[]
  readonly reason: string | null
}

export interface JournalledRun {
  readonly head: RunHead
  /** By their number, rising. */
  readonly entries: readonly RunEntry[]
}

/**
 * What runs of runbooks leave behind, so that a later process, and another person, can go on.
 *
 * Promises of every implementation:
 * - `begin` and `append` are durable when they resolve; entries are kept in the order in which they were appended. A line
 *   that a crash cut short was never promised.
 * - What cannot be understood is reported in `problems`, left out of `load`, and never written.
 */
export interface RunJournal {
  /** A sentence where nothing can be written here, because another instance does; then every change is `state.readOnly`. */
  readonly readOnlyBecause: string | null
  readonly problems: readonly HoldfastError[]
  /** As it was when the journal was opened; the oldest first. */
  load(): Promise<readonly JournalledRun[]>
  begin(head: RunHead): Promise<void>
  append(runId: string, entry: RunEntry): Promise<void>
}
