import type { Job, JobEvent } from '../../shared/contract/jobs.ts'
import { isActive } from '../../shared/domain/job-state.ts'
import { createBroadcast, type Broadcast } from '../../shared/streams/broadcast.ts'
import { createThrottle } from '../../shared/streams/throttle.ts'
import type { Clock } from '../ports/clock.ts'
import type { JobEnding, JobJournal, JournalEntry, JournalJob } from '../ports/job-journal.ts'
import type { Log } from '../ports/log.ts'
import { afterEntry, asJob, newJobView, type JobView } from './job-view.ts'
import { createKeptEvents } from './kept-events.ts'

/** One job in memory: its events, what they amount to, and whoever listens. */
export interface HeldJob extends JournalJob {
  readonly view: JobView
  /** Aborted by `cancel` alone; the runner tells apart why the work's own signal was. */
  isCancelAsked: boolean
  asJob(): Job
  /** In the journal first, then seen. Where the journal cannot be written, `record` is rejected and nothing is seen. */
  record(state: Job['state'], ending?: JobEnding): Promise<void>
  /** Of what is so whatever the journal says: where it cannot be written, an incident, and seen all the same. */
  recordAnyway(state: Job['state'], ending: JobEnding): Promise<void>
  /** Seen at once; the journal follows. */
  tell(event: Exclude<JobEvent['event'], { readonly type: 'state' }>): void
  events(after: number, ends: AbortSignal): AsyncGenerator<JobEvent, void>
  /** Tells listeners what is held back, and nothing later. */
  hush(): void
}

export interface HeldJobParts {
  readonly journal: JobJournal
  readonly clock: Clock
  readonly log: Log
  readonly changed: (id: string) => void
}

/** Progress is worth a line in the journal once a second: a late reader wants to know about where it stopped. */
const journalProgressMs = 1_000

export function holdJob(job: JournalJob, first: readonly JournalEntry[], parts: HeldJobParts): HeldJob {
  const { journal, clock, log } = parts
  const { id, spec } = job
  let view = first.reduce((so, entry) => afterEntry(so, entry, spec), newJobView(spec))
  const kept = createKeptEvents(first)
  const news: Broadcast<null> = createBroadcast({ key: () => '' })
  const changed = createThrottle(100, () => parts.changed(id), clock)
  let progressJournalledAt = Number.NEGATIVE_INFINITY
  /** The newest progress, where it has no line yet: it gets one together with whatever comes next. */
  let unwritten: readonly JournalEntry[] = []
  let isCancelAsked = false

  function next(event: JobEvent['event'], ending: JobEnding | null): JournalEntry {
    return { n: view.lastEvent + 1, at: new Date(clock.now()).toISOString(), event, ending }
  }
  function show(entry: JournalEntry): void {
    view = afterEntry(view, entry, spec)
    kept.add(entry)
    news.publish(null)
    changed.call()
  }
  async function record(state: Job['state'], ending?: JobEnding): Promise<void> {
    const entry = next({ type: 'state', state }, ending ?? null)
    await writeDown(entry)
    show(entry)
  }
  function writeDown(entry: JournalEntry): Promise<void> {
    const now = clock.now()
    const isProgress = entry.event.type === 'progress'
    // The clock may be set back.
    if (isProgress && Math.abs(now - progressJournalledAt) < journalProgressMs) {
      unwritten = [entry]
      return Promise.resolve()
    }
    if (isProgress) progressJournalledAt = now
    const entries = isProgress ? [entry] : [...unwritten, entry]
    unwritten = []
    return journal.append(id, entries)
  }

  async function* events(after: number, ends: AbortSignal): AsyncGenerator<JobEvent, void> {
    const heard = news.subscribe(ends)
    try {
      let seen = after
      while (!ends.aborted) {
        for (const { n, at, event } of kept.after(seen)) {
          seen = n
          yield { n, at, event }
          if (ends.aborted) return
        }
        if (seen < view.lastEvent) continue
        // Another process runs it where the journal is only read here: nothing more is heard of it.
        if (!isActive(view.state) || journal.readOnlyBecause !== null) return
        if ((await heard.next()).done === true) return
      }
    } finally {
      await heard.return?.()
    }
  }

  return {
    ...job,
    get view() {
      return view
    },
    get isCancelAsked() {
      return isCancelAsked
    },
    set isCancelAsked(asked) {
      isCancelAsked = asked
      changed.call()
    },
    asJob() {
      const isOurs = journal.readOnlyBecause === null
      return asJob(job, view, { cancel: isOurs && !isCancelAsked, resume: isOurs })
    },
    record,
    async recordAnyway(state, ending) {
      try {
        await record(state, ending)
      } catch (error) {
        log.incident('job.journal', error)
        show(next({ type: 'state', state }, ending))
      }
    },
    tell(event) {
      const entry = next(event, null)
      show(entry)
      writeDown(entry).catch((error: unknown) => log.incident('job.journal', error))
    },
    events,
    hush: () => changed.flush(),
  }
}
