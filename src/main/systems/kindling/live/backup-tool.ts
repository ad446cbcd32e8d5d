import type { Answer } from '../../../engine/live/ask.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'

/** A backup of PostgreSQL as the tool lists it. */
export interface ListedBackup {
  readonly id: string
  /** `full`, `incr`, … */
  readonly type: string
  /** Null while it has no end. */
  readonly endedMs: number | null
  readonly isUsable: boolean
  /** As the tool calls it; null where it has no word for it. */
  readonly status: string | null
  /** What is wrong with it, a sentence; null: nothing is said. */
  readonly flaw: string | null
}

/** What the tool tells of its backups without changing anything. */
export interface ToolState {
  /** How the stanza, or the server, is. */
  readonly status: Answer
  /** The newest first. */
  readonly backups: readonly ListedBackup[]
  /** Who takes a backup right now, a sentence; null: nobody, as far as the tool says. */
  readonly running: string | null
}

/** How a run of the tool ended. */
export interface ToolRun {
  readonly isSuccess: boolean
  /** Another run holds the lock: nothing was begun. */
  readonly isBusy: boolean
  /** `exit status 82: …`, in words. */
  readonly words: string
  readonly said: string
}

export type BackupType = 'full' | 'incremental'

/** pgBackRest or Barman on one host. Methods throw what the host throws. */
export interface BackupTool {
  readonly name: 'pgBackRest' | 'Barman'
  /** On the host; null where the login is that user already. */
  userOn(host: Pick<RemoteHost, 'name'>): string | null
  /** False where nothing tells whether a backup is being taken: then `running` is always null. */
  readonly tellsRunning: boolean
  look(host: RemoteHost, signal: AbortSignal): Promise<ToolState>
  /** The tool's own check of all that a backup needs. It can take a minute: it waits for WAL to arrive. */
  check(host: RemoteHost, signal: AbortSignal): Promise<Answer>
  /** Who runs a backup on that host and since when, as far as it can be seen there; a sentence, which says so where it cannot. */
  whoRuns(host: RemoteHost, signal: AbortSignal): Promise<string>
  /** Throws `master.notOffered` before anything is run where the tool has no such backup. */
  backup(host: RemoteHost, type: BackupType, signal: AbortSignal): Promise<ToolRun>
}
