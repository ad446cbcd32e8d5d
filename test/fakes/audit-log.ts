import { createHash } from 'node:crypto'
import type { AuditEntry } from '../../src/shared/contract/audit.ts'
import { HoldfastError } from '../../src/shared/domain/error.ts'
import type { AuditLog } from '../../src/main/ports/audit-log.ts'
import type { Clock } from '../../src/main/ports/clock.ts'

export interface MemoryAuditLog extends AuditLog {
  readonly entries: readonly AuditEntry[]
  /** From now on nothing can be appended (null: again it can). */
  refuse(reason: string | null): void
}

/** A chain in memory; its hashes are of its own making. */
export function memoryAuditLog(clock: Pick<Clock, 'now'>): MemoryAuditLog {
  const entries: AuditEntry[] = []
  let cannotWrite: string | null = null
  const status = async () => ({
    entries: entries.length,
    head: entries.at(-1)?.hash ?? null,
    checkedAt: null,
    broken: null,
    anchor: null,
    cannotWrite,
  })
  const append: AuditLog['append'] = async ({ action, subject, facts, reason = null }) => {
    if (cannotWrite !== null) throw new HoldfastError('audit.cannotWrite', { what: cannotWrite })
    const bare = {
      seq: entries.length + 1,
      at: new Date(clock.now()).toISOString(),
      actor: 'the test',
      action,
      subject,
      facts: [...facts],
      reason,
      previous: entries.at(-1)?.hash ?? '0'.repeat(64),
    }
    const entry = { ...bare, hash: createHash('sha256').update(JSON.stringify(bare)).digest('hex') }
    entries.push(entry)
    return entry
  }
  return {
    entries,
    append,
    async appendAll(events) {
      for (const event of events) await append(event)
    },
    refuse(reason) {
      cannotWrite = reason
    },
    status,
    verify: status,
    async list({ before = Infinity, limit, find = '' }) {
      const found = entries
        .filter((entry) => entry.seq < before)
        .filter(({ action, subject, actor, facts }) =>
          JSON.stringify([action, subject, actor, facts]).includes(find),
        )
        .reverse()
      return { entries: found.slice(0, limit), more: found.length > limit }
    },
    async *export() {
      for (const entry of entries) yield `${JSON.stringify(entry)}\n`
    },
  }
}
