import type { AuditEntry, AuditStatus } from '../../shared/contract/audit.ts'

export interface AuditFact {
  readonly name: string
  readonly value: string
}

/** What happened, in the words of the log; never a secret. */
export interface AuditEvent {
  /** `area.pastParticiple`: `cluster.added`, `secret.used`, `verify.finished`, `backup.judged`, `restore.started`. */
  readonly action: string
  readonly subject: string
  readonly facts: readonly AuditFact[]
  readonly reason?: string | null
}

/**
 * The chain of what was done: every entry carries the SHA-256 of the one before it.
 *
 * Promises of every implementation, checked by one conformance suite:
 * - `append` is durable when it resolves; entries of several callers and processes form one chain.
 * - Where an entry cannot be written, `append` throws `audit.cannotWrite` (`audit.broken` where the chain is not whole): what
 *   changes something appends first, and is not done then.
 * - A line that a crash cut short is no break: it was never promised. Any other change of the file is one, and the first
 *   entry that does not fit is named.
 */
export interface AuditLog {
  append(event: AuditEvent): Promise<AuditEntry>
  /** Several entries in one durable step. Where it throws, none of them is in the chain. */
  appendAll(events: readonly AuditEvent[]): Promise<void>
  /** At once, without walking the chain; `checkedAt` says when the whole of it was last walked. */
  status(): Promise<AuditStatus>
  verify(signal?: AbortSignal): Promise<AuditStatus>
  list(options: {
    readonly before?: number | undefined
    readonly limit: number
    readonly find?: string | undefined
    readonly names?: string | undefined
  }): Promise<{ readonly entries: readonly AuditEntry[]; readonly more: boolean }>
  /** As kept, in pieces of whole lines. */
  export(signal?: AbortSignal): AsyncIterable<string>
}
