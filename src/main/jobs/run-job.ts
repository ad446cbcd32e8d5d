import { failureOf } from '../../shared/domain/failure.ts'
import type { JobState } from '../../shared/domain/job-state.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import type { Clock } from '../ports/clock.ts'
import type { JobEnding } from '../ports/job-journal.ts'
import type { JobContext, JobWork } from '../ports/job-runner.ts'
import type { Log } from '../ports/log.ts'
import { interruptedEnding } from './endings.ts'
import type { HeldJob } from './held-job.ts'
import { createProgressMeter } from './progress-meter.ts'

/** Runs the work of a job from `running` to its end. Never rejects: what goes wrong is how the job ended. */
export async function runJob(
  held: HeldJob,
  work: JobWork,
  signal: AbortSignal,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<void> {
  const meter = createProgressMeter((event) => held.tell(event), clock)
  let isAtWork = true
  const context: JobContext = {
    jobId: held.id,
    signal,
    phase(name) {
      if (!isAtWork || held.view.phases.some((phase) => phase.state === 'running' && phase.name === name))
        return
      meter.beginPhase()
      held.tell({ type: 'phase', name })
    },
    progress(doneBytes, totalBytes) {
      meter.report(doneBytes, totalBytes)
    },
    log(severity, text) {
      if (isAtWork) held.tell({ type: 'log', severity, text })
    },
  }
  let end: { readonly state: JobState; readonly ending: JobEnding }
  try {
    await held.record('running')
    const { outcome, tone, result } = await work(held.spec.request, context)
    end = { state: 'done', ending: { outcome, tone, result, failure: null } }
  } catch (error) {
    end = endOf(error, held, signal, log)
  }
  isAtWork = false
  meter.end()
  await held.recordAnyway(end.state, end.ending)
}

function endOf(
  error: unknown,
  held: HeldJob,
  signal: AbortSignal,
  log: Log,
): { readonly state: JobState; readonly ending: JobEnding } {
  if (signal.aborted && isCancellation(error)) {
    if (!held.isCancelAsked) return { state: 'interrupted', ending: interruptedEnding }
    const outcome = isHoldfastError(error) ? error.message : 'Cancelled.'
    return { state: 'cancelled', ending: { outcome, tone: 'neutral', failure: null, result: null } }
  }
  const failure = failureOf(error, log, `job.${held.spec.kind}`)
  return { state: 'failed', ending: { outcome: failure.what, tone: 'bad', failure, result: null } }
}

function isCancellation(error: unknown): boolean {
  return isHoldfastError(error, 'cancelled') || (error instanceof Error && error.name === 'AbortError')
}
