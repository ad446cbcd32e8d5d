import type { RunEntry, RunEvent } from '../../src/shared/domain/runbook-events.ts'
import type { RunHead, RunJournal } from '../../src/main/ports/run-journal.ts'

/** What outlives the runners that open it. */
export interface MemoryRunPlace {
  readonly runs: Map<string, { readonly head: RunHead; readonly entries: RunEntry[] }>
  /** Called before each write; what it throws is what the write fails with. Null: a run is begun. */
  beforeWrite: (event: RunEvent | null) => void
  open(): RunJournal
}

export function memoryRunPlace(): MemoryRunPlace {
  const runs: MemoryRunPlace['runs'] = new Map()
  const place: MemoryRunPlace = {
    runs,
    beforeWrite: () => undefined,
    open: () => ({
      readOnlyBecause: null,
      problems: [],
      load: async () => [...runs.values()].map(({ head, entries }) => ({ head, entries: [...entries] })),
      async begin(head) {
        place.beforeWrite(null)
        runs.set(head.id, { head, entries: [] })
      },
      async append(runId, entry) {
        place.beforeWrite(entry.event)
        runs.get(runId)?.entries.push(entry)
      },
    }),
  }
  return place
}
