import type { JobJournal, JournalEntry, JournalJob } from '../../src/main/ports/job-journal.ts'
import { HoldfastError } from '../../src/shared/domain/error.ts'

export interface MemoryJournalPlace {
  readonly jobs: Map<string, { readonly job: JournalJob; readonly entries: JournalEntry[] }>
  /** Who hears that a job is to be cancelled. */
  readonly cancelling: Set<(jobId: string) => void>
  /** While set, whatever is written fails with it. */
  fault: Error | null
  open(options?: { readonly readOnlyBecause?: string }): JobJournal
}

/** A journal in memory, which outlives the runners that open it. */
export function memoryJournalPlace(): MemoryJournalPlace {
  const jobs: MemoryJournalPlace['jobs'] = new Map()
  const place: MemoryJournalPlace = {
    jobs,
    cancelling: new Set(),
    fault: null,
    open({ readOnlyBecause } = {}) {
      const mayWrite = (): void => {
        if (readOnlyBecause !== undefined) {
          throw new HoldfastError('state.readOnly', { what: 'The journal cannot be changed here.' })
        }
        if (place.fault !== null) throw place.fault
      }
      const found = structuredClone([...jobs.values()])
      return {
        readOnlyBecause: readOnlyBecause ?? null,
        problems: [],
        load: async () => found,
        async begin(job, first) {
          mayWrite()
          jobs.set(job.id, structuredClone({ job, entries: [...first] }))
        },
        async append(jobId, entries) {
          mayWrite()
          jobs.get(jobId)?.entries.push(...structuredClone(entries))
        },
        async remove(jobId) {
          mayWrite()
          jobs.delete(jobId)
        },
        async askToCancel(jobId) {
          if (place.cancelling.size === 0) {
            throw new HoldfastError('state.readOnly', { what: 'Nobody runs the job.' })
          }
          for (const listener of place.cancelling) listener(jobId)
        },
        onCancelAsked(listener) {
          place.cancelling.add(listener)
          return () => void place.cancelling.delete(listener)
        },
        close: async () => undefined,
      }
    },
  }
  return place
}
