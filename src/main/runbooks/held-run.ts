import type { Run, RunSummary } from '../../shared/contract/runbooks.ts'
import type { RunEntry, RunEvent } from '../../shared/domain/runbook-events.ts'
import { inTurn } from '../../shared/domain/in-turn.ts'
import { createBroadcast } from '../../shared/streams/broadcast.ts'
import { createThrottle } from '../../shared/streams/throttle.ts'
import type { Clock } from '../ports/clock.ts'
import type { RunHead, RunJournal } from '../ports/run-journal.ts'
import type { Runbook, RunbookSetting, Step } from '../ports/runbook.ts'
import { headNow } from './changed-answers.ts'
import { isUnderWay } from './run-errors.ts'
import { summaryOf } from './run-summary.ts'
import { viewOf, type LiveProgress } from './run-view.ts'
import { standingOf, type StandingRun } from './step-standing.ts'

/** One run in memory: its events, what they amount to, and whoever listens. */
export interface HeldRun {
  /** With what was given last. */
  readonly head: RunHead
  readonly entries: readonly RunEntry[]
  readonly standing: StandingRun
  /** The step that this process is at; null while it waits for the operator. */
  readonly running: { readonly step: string; readonly stop: AbortController } | null
  /**
   * Nothing else is asked of the run until what this returns is called. Throws `runbook.refused` while a step runs; between two
   * steps of one answer it waits for what comes: the next one, or the end.
   */
  hold(): Promise<() => void>
  /** In the journal first, then seen. The end of the step that runs is the end of its running. */
  record(event: RunEvent): Promise<void>
  /** A step begins, and runs from then on. Its signal aborts when it is to stop. Only for who holds the run, as all that follows. */
  begin(step: string, acting: boolean): Promise<AbortSignal>
  /** How often a step has begun to act. */
  acts(step: string): number
  /** However it came that a step has no end in the journal: it runs no more. */
  rest(): void
  /** Of what is under way; in no journal. However often, it is told at most ten times a second. */
  show(progress: LiveProgress): void
  view(): Run
  /** As a list tells it: computed anew only where something has happened. */
  summary(): RunSummary
  watch(ends: AbortSignal): AsyncGenerator<Run, void>
}

export interface HeldRunParts {
  readonly journal: RunJournal
  readonly clock: Clock
  /** As entries name who did it. */
  readonly actor: string
  readonly measured: (head: RunHead, step: string) => readonly number[]
  readonly changed: (id: string) => void
}

export function holdRun(
  begun: RunHead,
  first: readonly RunEntry[],
  of: { readonly runbook: Runbook; readonly stepsOf: (setting: RunbookSetting) => readonly Step[] },
  { journal, clock, actor, measured, changed }: HeldRunParts,
): HeldRun {
  const entries: RunEntry[] = [...first]
  let head = headNow(begun, entries)
  let steps = of.stepsOf(head.setting)
  const news = createBroadcast<null>({ key: () => '' })
  const turn = inTurn()
  let running: HeldRun['running'] = null
  let isHeld = false
  let progress: LiveProgress | null = null
  let summary: RunSummary | null = null
  const standing = (): StandingRun => standingOf(head, steps, entries, running?.step ?? null)
  const showing = createThrottle(100, tell, clock)
  function tell(): void {
    showing.stop()
    summary = null
    news.publish(null)
    changed(head.id)
  }
  function view(): Run {
    return viewOf(head, of.runbook, standing(), {
      progress,
      actor,
      nowMs: clock.now(),
      measured: (step) => measured(head, step),
    })
  }

  function acts(step: string): number {
    return entries.filter(({ event }) => event.type === 'stepBegan' && event.acting && event.step === step)
      .length
  }

  /** One after another: an entry has its number only once the one before it is written. */
  async function record(event: RunEvent, runs: HeldRun['running'] = null): Promise<void> {
    return turn(async () => {
      const entry = { n: entries.length + 1, at: new Date(clock.now()).toISOString(), by: actor, event }
      await journal.append(head.id, entry)
      entries.push(entry)
      if (event.type === 'answersChanged') {
        head = headNow(begun, entries)
        steps = of.stepsOf(head.setting)
      }
      if (runs !== null) running = runs
      if (event.type === 'stepEnded' || event.type === 'takenBack') running = null
      if (running === null) progress = null
      tell()
    })
  }

  return {
    get head() {
      return head
    },
    entries,
    get standing() {
      return standing()
    },
    get running() {
      return running
    },
    async hold() {
      const heard = news.subscribe()
      try {
        while (isHeld) {
          if (running !== null) throw isUnderWay()
          await heard.next()
        }
        isHeld = true
      } finally {
        await heard.return?.()
      }
      return () => {
        isHeld = false
        news.publish(null)
      }
    },
    record: async (event) => record(event),
    acts,
    async begin(step, acting) {
      const stop = new AbortController()
      await record({ type: 'stepBegan', step, acting }, { step, stop })
      return stop.signal
    },
    rest() {
      if (running === null) return
      running = null
      progress = null
      tell()
    },
    show(now) {
      progress = now
      showing.call()
    },
    view,
    summary() {
      summary ??= summaryOf(head, of.runbook, standing())
      return summary
    },
    async *watch(ends) {
      const heard = news.subscribe(ends)
      try {
        for (;;) {
          const now = view()
          yield now
          // Another process runs it where the journal is only read here: nothing more is heard of it.
          if (now.state !== 'open' || journal.readOnlyBecause !== null) return
          if ((await heard.next()).done === true) return
        }
      } finally {
        await heard.return?.()
      }
    },
  }
}
