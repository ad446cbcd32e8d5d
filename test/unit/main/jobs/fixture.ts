import { createJobRunner, type JobRunnerParts } from '../../../../src/main/jobs/job-runner.ts'
import type { JobContext, JobOutcome, JobRunner, JobSpec } from '../../../../src/main/ports/job-runner.ts'
import type { Job, JobEvent } from '../../../../src/shared/contract/jobs.ts'
import { cancelled } from '../../../../src/shared/domain/cancelled.ts'
import { memoryAuditLog } from '../../../fakes/audit-log.ts'
import { fakeClock, type FakeClock } from '../../../fakes/fake-clock.ts'
import { memoryJournalPlace, type MemoryJournalPlace } from '../../../fakes/job-journal.ts'

export const verifySpec: JobSpec = {
  kind: 'verify',
  clusterId: 'c1',
  subject: 'kiok-prod',
  detail: 'all 24 backups',
  request: { clusterId: 'c1', level: null },
  phases: ['Listing', 'Reading', 'Judging'],
  cancel: 'What was read stays proved.',
  exclusive: null,
}

export const good: JobOutcome = { outcome: '24 of 24 backups are good.', tone: 'good', result: null }

/** A work that a test leads by the hand. */
export interface LedWork {
  readonly request: unknown
  readonly context: JobContext
  end(outcome?: JobOutcome): void
  fail(error: unknown): void
}

export interface Desk {
  readonly runner: JobRunner
  readonly clock: FakeClock
  readonly place: MemoryJournalPlace
  /** Works in the order in which they began. */
  readonly works: readonly LedWork[]
  readonly incidents: readonly unknown[]
  /** Starts and lets everything come to rest. */
  start(spec?: Partial<JobSpec>): Promise<Job>
  settle(): Promise<void>
}

export async function openDesk(
  options: {
    readonly place?: MemoryJournalPlace
    readonly readOnlyBecause?: string
    readonly clock?: FakeClock
    readonly parts?: Partial<JobRunnerParts>
    /** False: a work goes on when its signal aborts, until the test ends it. */
    readonly stopsAtAbort?: boolean
  } = {},
): Promise<Desk> {
  const { place = memoryJournalPlace(), clock = fakeClock(), stopsAtAbort = true, readOnlyBecause } = options
  const works: LedWork[] = []
  const incidents: unknown[] = []
  const work = (request: unknown, context: JobContext): Promise<JobOutcome> =>
    new Promise((resolve, reject) => {
      works.push({ request, context, end: (outcome = good) => resolve(outcome), fail: reject })
      if (stopsAtAbort) context.signal.addEventListener('abort', () => reject(cancelled()))
    })
  let drawn = 0
  const runner = await createJobRunner({
    journal: place.open(readOnlyBecause === undefined ? {} : { readOnlyBecause }),
    works: {
      verify: work,
      keyCheck: work,
      restore: work,
      rollback: work,
      copy: work,
      snapshot: work,
      prune: work,
      drill: work,
    },
    clock,
    random: { bytes: (length) => Buffer.alloc(length, String((drawn += 1)).padStart(length, '0')) },
    log: {
      info: () => undefined,
      incident(_event, error) {
        incidents.push(error)
        return `incident-${incidents.length}`
      },
      neverWrite: () => undefined,
    },
    audit: memoryAuditLog(clock),
    ...options.parts,
  })
  return {
    runner,
    clock,
    place,
    works,
    incidents,
    async start(spec = {}) {
      const job = await runner.start({ ...verifySpec, ...spec })
      await rest()
      return job
    },
    settle: rest,
  }
}

/** All that can go on without time has gone on. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets that much time pass, timer by timer. */
export async function pass(clock: FakeClock, ms: number): Promise<void> {
  await clock.run(clock.wait(ms))
  await rest()
}

export async function collect(events: AsyncIterable<JobEvent>): Promise<readonly JobEvent[]> {
  const all: JobEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

export function progressOf(events: readonly JobEvent[]) {
  return events.flatMap(({ event }) => (event.type === 'progress' ? [event] : []))
}
