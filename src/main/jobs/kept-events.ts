import type { JournalEntry } from '../ports/job-journal.ts'

/** Enough that a listener which lags a little sees every number. */
const keptProgress = 20
/** A work that logs without end fills neither memory nor the screen. */
const keptLogs = 1_000

/** The events of one job for whoever joins late: bounded, because old progress and the oldest log lines are dropped. */
export interface KeptEvents {
  add(entry: JournalEntry): void
  after(n: number): readonly JournalEntry[]
}

export function createKeptEvents(first: readonly JournalEntry[] = []): KeptEvents {
  let entries: JournalEntry[] = []

  function add(entry: JournalEntry): void {
    entries.push(entry)
    const { type } = entry.event
    if (type !== 'progress' && type !== 'log') return
    const alike = entries.filter(({ event }) => event.type === type)
    const most = type === 'progress' ? keptProgress : keptLogs
    if (alike.length > most) entries = entries.filter((one) => one !== alike[0])
  }

  for (const entry of first) add(entry)
  return {
    add,
    after(n) {
      const at = entries.findIndex((entry) => entry.n > n)
      return at < 0 ? [] : entries.slice(at)
    },
  }
}
