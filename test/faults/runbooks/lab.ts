import type { RunHead } from '../../../src/main/ports/run-journal.ts'
import type { Runbook, RunbookSetting } from '../../../src/main/ports/runbook.ts'
import type { RunbookRunner } from '../../../src/main/ports/runbook-runner.ts'
import type { Answers } from '../../integration/runbooks/run-lab.ts'

/** A disaster, and a runbook that leads out of it. */
export interface RunbookLab {
  readonly begin: Parameters<RunbookRunner['start']>[0]
  /** A runner as a process has it; what is written under `journal` outlives it. */
  openRunner(journal: string, bend: (runbook: Runbook) => Runbook): Promise<RunbookRunner>
  readonly answers: Answers
  /** What its hosts and masters were told to change, a line each. */
  sent(): Promise<readonly string[]>
  end(): Promise<'old' | 'new' | 'between'>
  /** The hosts that are logged in to; empty where nobody is. */
  readonly hosts: readonly FaultyHost[]
  /** The way to its bucket, where its backups lie in one. */
  readonly bucket: { refuse(): void; admit(): void; readonly refused: () => number } | null
  close(): Promise<void>
}

export interface FaultyHost {
  /** Kills the processes that serve connections, and nothing that they have started. */
  killSessions(): void
  /** Processes that were started there over a connection and that still run. */
  started(): readonly number[]
  /** Every process there ends. Null: this lab cannot play it. */
  readonly reboot: (() => Promise<void>) | null
  /** Its disk becomes full; what is returned makes room again. Null: it has no disk of its own. */
  readonly fill: (() => () => void) | null
}

export interface RunbookScene {
  /** `KI-3`, as the table has it. */
  readonly name: string
  /** `isInBucket`: its backups lie in a real bucket. */
  open(of: { readonly isInBucket: boolean }): Promise<RunbookLab | { readonly skip: string }>
}

/** What a run is begun with, by whoever tries it. */
export function begin(
  scenario: string,
  clusterId: string,
  setting: RunbookSetting,
): Omit<RunHead, 'id' | 'startedAt' | 'startedBy'> {
  return { scenario, clusterId, setting, failedAt: new Date().toISOString(), answers: [], reason: null }
}
