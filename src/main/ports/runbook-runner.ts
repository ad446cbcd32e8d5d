import type { Answer, Asking, Run, RunSummary } from '../../shared/contract/runbooks.ts'
import type { RunbookSetting } from './runbook.ts'
import type { RunHead } from './run-journal.ts'

export interface OpenRun {
  readonly id: string
  readonly title: string
  readonly startedAt: string
  readonly startedBy: string
}

/**
 * Goes through runbooks, step by step, and keeps what was done. What changes something is in the audit chain and in the journal
 * before it is done; what was cut short is looked at, and never asked for again blindly. Refusals are `runbook.refused`.
 */
export interface RunbookRunner {
  /** The account that acts here, as entries name it. */
  readonly actor: string
  /** Refused while another run of the same cluster is open. */
  start(begin: Omit<RunHead, 'id' | 'startedAt' | 'startedBy'>): Promise<Run>
  /** Open ones first, then newest first. */
  list(): readonly RunSummary[]
  get(id: string): Run
  /** The open run of a cluster: its schedules and its retention rest meanwhile. */
  openRunOf(clusterId: string): OpenRun | null
  watch(id: string, ends: AbortSignal): AsyncGenerator<Run, void>
  ask(id: string, step: string, signal: AbortSignal): Promise<Asking | null>
  /** Resolves once the answer is written down; what comes of it is in the run. */
  proceed(id: string, step: string, answer: Answer): Promise<Run>
  /** Only while nothing stands that was done with the old answers; every step is then to be done anew. Throws `usage` where they do not fit. */
  changeAnswers(
    id: string,
    given: {
      readonly inputs: RunbookSetting['inputs']
      readonly connection: RunbookSetting['cluster']['connection']
    },
    reason: string | null,
  ): Promise<Run>
  takeOver(id: string, note: string): Promise<Run>
  accept(id: string, note: string): Promise<Run>
  close(id: string, outcome: 'finished' | 'abandoned', reason: string): Promise<Run>
  /** Whether a step is under way. */
  isAtWork(): boolean
  /** Stops looking and waiting, and waits for an action that is under way. */
  shutDown(): Promise<void>
}
