import type { Job, JobKind } from '../../shared/contract/jobs.ts'
import { isActive } from '../../shared/domain/job-state.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { Clock } from '../ports/clock.ts'
import type { JobJournal } from '../ports/job-journal.ts'
import type { JobRunner, JobSpec, JobWork } from '../ports/job-runner.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'
import { holdJob, type HeldJob } from './held-job.ts'
import { isClosing, noSuchJob, notInterrupted, onlyRead } from './job-errors.ts'
import { createJobQueue } from './job-queue.ts'
import { dismissedEnding, interruptedEnding, neverBegunEnding } from './endings.ts'
import { runJob } from './run-job.ts'

/** So many jobs stay in the history. */
const mostKept = 500

export interface JobRunnerParts {
  readonly journal: JobJournal
  readonly works: Readonly<Record<JobKind, JobWork>>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Every start, resumption, dismissal, cancelling and end of a job is an entry. */
  readonly audit: Pick<AuditLog, 'append'>
}

/** Takes up the journal: jobs of a process that is gone are interrupted, and wait for the operator's decision. */
export async function createJobRunner(parts: JobRunnerParts): Promise<JobRunner> {
  const { journal, works, clock, random, log, audit } = parts
  const held = new Map<string, HeldJob>()
  const listeners = new Set<(id: string) => void>()
  const aborts = new Map<HeldJob, AbortController>()
  const running = new Set<Promise<void>>()
  const deciding = new Set<HeldJob>()
  const asked = new Set<Promise<unknown>>()
  const closed = new AbortController()
  let isOpen = true
  const holding = {
    journal,
    clock,
    log,
    changed: (id: string) => {
      for (const listener of listeners) listener(id)
    },
  }

  const queue = createJobQueue((job) => {
    const controller = new AbortController()
    aborts.set(job, controller)
    const run = runJob(job, works[job.spec.kind], controller.signal, { clock, log })
      .then(() => auditLater(job, 'job.ended'))
      .finally(() => {
        aborts.delete(job)
        running.delete(run)
      })
    running.add(run)
    return run
  })

  for (const { job, entries } of await journal.load()) {
    held.set(job.id, holdJob(job, entries, holding))
  }
  if (journal.readOnlyBecause === null) {
    for (const job of held.values()) if (isActive(job.view.state)) await interrupt(job)
    await forgetOldest()
  }
  const stopListening = journal.readOnlyBecause === null ? journal.onCancelAsked(cancelForAnother) : null

  async function interrupt(job: HeldJob): Promise<void> {
    await job.recordAnyway('interrupted', interruptedEnding)
    await auditLater(job, 'job.interrupted')
  }

  function find(id: string): HeldJob {
    const job = held.get(id)
    if (job === undefined) throw noSuchJob(id)
    return job
  }

  function auditEntry(action: string, id: string, spec: JobSpec, outcome: string | null): Promise<unknown> {
    const facts = [
      { name: 'job', value: id },
      { name: 'kind', value: spec.kind },
      { name: 'detail', value: spec.detail },
    ]
    if (outcome !== null) facts.push({ name: 'outcome', value: outcome })
    return audit.append({ action, subject: spec.subject, facts })
  }
  /** Of what has happened already: an entry that cannot be written undoes nothing. */
  async function auditLater(job: HeldJob, action: string): Promise<void> {
    const outcome = `${job.view.state}: ${job.view.ending?.outcome ?? ''}`
    await auditEntry(action, job.id, job.spec, outcome).catch((error: unknown) =>
      log.incident('job.audit', error),
    )
  }

  /** `close` waits for what was asked for before it. */
  function changing<T>(change: () => Promise<T>): Promise<T> {
    if (!isOpen) return Promise.reject(isClosing())
    if (journal.readOnlyBecause !== null) return Promise.reject(onlyRead(journal.readOnlyBecause))
    const work = change()
    const settled = work.then(
      () => undefined,
      () => undefined,
    )
    asked.add(settled)
    return work.finally(() => asked.delete(settled))
  }

  async function enqueue(job: HeldJob): Promise<Job> {
    if (isOpen) queue.add(job)
    else await interrupt(job)
    return job.asJob()
  }

  async function start(given: JobSpec): Promise<Job> {
    // What the work gets must be what a later process would get: JSON.
    const spec: JobSpec = { ...given, request: JSON.parse(JSON.stringify(given.request)) }
    const id = Buffer.from(random.bytes(12)).toString('hex')
    const createdAt = new Date(clock.now()).toISOString()
    await auditEntry('job.started', id, spec, null)
    const first = [{ n: 1, at: createdAt, event: { type: 'state', state: 'waiting' }, ending: null }] as const
    await journal.begin({ id, createdAt, spec }, first)
    const job = holdJob({ id, createdAt, spec }, first, holding)
    held.set(id, job)
    holding.changed(id)
    // At once: whoever hears of it may cancel it.
    const asked = await enqueue(job)
    await forgetOldest()
    return asked
  }

  async function forgetOldest(): Promise<void> {
    for (const job of held.values()) {
      if (held.size <= mostKept) return
      if (isActive(job.view.state) || job.view.state === 'interrupted') continue
      held.delete(job.id)
      await journal.remove(job.id).catch((error: unknown) => log.incident('job.journal', error))
    }
  }

  async function cancel(job: HeldJob): Promise<Job> {
    if (!isActive(job.view.state) || job.isCancelAsked) return job.asJob()
    job.isCancelAsked = true
    const wasWaiting = queue.remove(job)
    aborts.get(job)?.abort()
    await auditLater(job, 'job.cancelAsked')
    if (wasWaiting) {
      await job.recordAnyway('cancelled', neverBegunEnding)
      await auditLater(job, 'job.ended')
    }
    return job.asJob()
  }

  /** Another instance, which only reads, was told to cancel a job that runs here. */
  function cancelForAnother(id: string): void {
    const job = held.get(id)
    if (job === undefined) return
    void changing(async () => cancel(job)).catch((error: unknown) => log.incident('job.cancel', error))
  }

  /** Who asked is told by the entry of that one; the one that runs the job tells what came of it. */
  async function askAnother(job: HeldJob): Promise<Job> {
    if (!isActive(job.view.state)) return job.asJob()
    await journal.askToCancel(job.id)
    await auditLater(job, 'job.cancelAsked')
    return job.asJob()
  }

  /** The operator's answer for an interrupted job; of two answers at once the second one comes too late. */
  async function decide(job: HeldJob, answer: 'resumed' | 'dismissed'): Promise<Job> {
    if (job.view.state !== 'interrupted' || deciding.has(job)) throw notInterrupted(job, answer)
    deciding.add(job)
    try {
      await auditEntry(`job.${answer}`, job.id, job.spec, null)
      if (answer === 'dismissed') {
        await job.record('cancelled', dismissedEnding(job.spec.kind))
        return job.asJob()
      }
      job.isCancelAsked = false
      await job.record('waiting')
    } finally {
      deciding.delete(job)
    }
    return enqueue(job)
  }

  return {
    start: (spec) => changing(() => start(spec)),
    list: () => inOrder([...held.values()]).map((job) => job.asJob()),
    get: (id) => find(id).asJob(),
    events: (id, after, signal) =>
      find(id).events(after, signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal])),
    cancel: async (id) =>
      journal.readOnlyBecause === null ? changing(async () => cancel(find(id))) : askAnother(find(id)),
    resume: (id) => changing(async () => decide(find(id), 'resumed')),
    dismiss: (id) => changing(async () => decide(find(id), 'dismissed')),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      isOpen = false
      stopListening?.()
      for (const controller of aborts.values()) controller.abort()
      for (const job of queue.close()) await interrupt(job)
      await Promise.all(asked)
      await Promise.all(running)
      for (const job of held.values()) job.hush()
      closed.abort()
      await journal.close()
    },
  }
}

/** Running ones, then waiting ones in their order, then the newest first. */
function inOrder(jobs: readonly HeldJob[]): readonly HeldJob[] {
  const active = (state: Job['state']): readonly HeldJob[] => jobs.filter(({ view }) => view.state === state)
  const ended = jobs.filter(({ view }) => !isActive(view.state)).toReversed()
  return [...active('running'), ...active('waiting'), ...ended].slice(0, mostKept)
}
