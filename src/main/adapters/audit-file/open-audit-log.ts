import { join } from 'node:path'
import type { AuditEntry, AuditStatus } from '../../../shared/contract/audit.ts'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import type { AuditEvent, AuditLog } from '../../ports/audit-log.ts'
import { cannotRead, reasonOf } from './audit-errors.ts'
import { chainFileOf, look, whyReadOnly } from './look.ts'
import { exportLines, listEntries } from './read-entries.ts'
import { firstPlace, type Walk } from './walk-chain.ts'
import { writeEntries, type AuditLogDeps } from './write-entries.ts'

/**
 * The audit chain in `<stateFolder>/audit`: `chain.jsonl` and, apart from it, `head.json`. Nothing is made before the
 * first entry, and opening it reads nothing. docs/audit-chain.md describes both files.
 */
export function openAuditLog(stateFolder: string, deps: AuditLogDeps): AuditLog {
  const folder = join(stateFolder, 'audit')
  const chainFile = chainFileOf(folder)
  let known: Walk | null = null
  let checkedAt: string | null = null
  const turn = inTurn()

  async function append(events: readonly AuditEvent[]): Promise<readonly AuditEntry[]> {
    const { entries, last } = await writeEntries(folder, known, events, deps)
    known = { last, broken: null }
    return entries
  }

  /** With what other processes have added meanwhile; a break stays one until the whole chain is walked again. */
  async function status(): Promise<AuditStatus> {
    let why: string | null = null
    try {
      if (known === null || known.broken === null) {
        known = await look(folder, { since: known?.last ?? null, whole: false })
      }
    } catch (error) {
      why = reasonOf(error)
    }
    const { last, broken } = known ?? { last: firstPlace, broken: null }
    return {
      entries: last.seq,
      head: last.seq === 0 ? null : last.hash,
      checkedAt,
      broken,
      anchor: null,
      cannotWrite:
        broken === null
          ? (why ?? (await whyReadOnly(folder)))
          : `The chain is broken at entry ${broken.seq}.`,
    }
  }

  const unreadable = (error: unknown): never => {
    throw isHoldfastError(error) ? error : cannotRead(folder, error)
  }

  return {
    async append(event) {
      const entry = (await turn(() => append([event]))).at(-1)
      if (entry === undefined) throw new Error('An entry was written and is not there.')
      return entry
    },
    async appendAll(events) {
      if (events.length > 0) await turn(() => append(events))
    },
    status: () => turn(status),
    async verify(signal) {
      const since = known?.last ?? null
      const walk = await look(folder, { since, whole: true }, signal).catch(unreadable)
      return turn(async () => {
        if (walk.broken !== null || known === null || walk.last.seq >= known.last.seq) known = walk
        checkedAt = new Date(deps.clock.now()).toISOString()
        return status()
      })
    },
    list: (options) => listEntries(chainFile, options).catch(unreadable),
    async *export(signal) {
      try {
        yield* exportLines(chainFile, signal)
      } catch (error) {
        unreadable(error)
      }
    },
  }
}
