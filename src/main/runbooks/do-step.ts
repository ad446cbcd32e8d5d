import { isHoldfastError, type ErrorCode } from '../../shared/domain/error.ts'
import { failureOf } from '../../shared/domain/failure.ts'
import { spanWords } from '../../shared/domain/size-words.ts'
import type { StepEnd } from '../../shared/domain/runbook-events.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { ActionStep, CheckStep, ManualStep, Outcome, StepContext, WaitStep } from '../ports/runbook.ts'

type Parts = { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal }

/** After these nobody knows whether what was asked for happens. */
const outcomeUnknown: ReadonlySet<ErrorCode> = new Set([
  'host.lost',
  'host.timedOut',
  'master.outcomeUnknown',
  'master.timedOut',
  'cancelled',
  'internal',
])

/** What a step comes to that only looks. Never rejects. */
export async function lookAt(
  step: CheckStep | WaitStep | ActionStep | (ManualStep & { readonly look: CheckStep['look'] }),
  context: StepContext,
  parts: Parts,
): Promise<StepEnd> {
  try {
    return step.kind === 'wait' ? await waitFor(step, context, parts) : endOf(await step.look(context))
  } catch (error) {
    if (parts.signal.aborted) return { ...endOf(stopped), evidence: [] }
    const end = failureEnd(error, parts.log)
    // Of an action that was asked for, a look that fails says nothing.
    return step.kind === 'action' ? { ...end, state: 'unknown' } : end
  }
}

const stopped: Outcome = { state: 'notYet', sentence: 'Stopped before it was answered.', evidence: [] }

async function waitFor(
  step: WaitStep,
  context: StepContext,
  { clock, signal, log }: Parts,
): Promise<StepEnd> {
  const startedMs = clock.now()
  let said = ''
  for (;;) {
    const end = await step.look(context).then(endOf, (error: unknown) => {
      if (signal.aborted) throw error
      return { ...failureEnd(error, log), state: 'notYet' as const }
    })
    if (end.state === 'done' || end.state === 'failed') return end
    if (end.sentence !== said) context.line('info', end.sentence)
    said = end.sentence
    const passedMs = clock.now() - startedMs
    if (passedMs >= step.atMostMs) {
      return { ...end, state: 'failed', sentence: `Not within ${spanWords(step.atMostMs)}. ${end.sentence}` }
    }
    await clock.wait(Math.min(step.everyMs, step.atMostMs - passedMs), signal)
  }
}

/** What an action comes to. Never rejects; where nobody can know what came of it, it is `unknown`. */
export async function actOn(
  act: (context: StepContext) => Promise<Outcome>,
  context: StepContext,
  { log }: Parts,
): Promise<StepEnd> {
  try {
    return endOf(await act(context))
  } catch (error) {
    const end = failureEnd(error, log)
    const code = isHoldfastError(error) ? error.code : 'internal'
    return outcomeUnknown.has(code) ? { ...end, state: 'unknown' } : end
  }
}

export function endOf({ state, sentence, evidence, learnt = {}, next = '', unknownHost }: Outcome): StepEnd {
  return {
    state,
    sentence,
    evidence: evidence.map(({ name, value }) => ({ name, value })),
    learnt: { ...learnt },
    next: next === '' ? null : next,
    ...(unknownHost !== undefined && { unknownHost }),
  }
}

/** An expected failure in its own words; of any other one an incident. */
export function failureEnd(error: unknown, log: Log): StepEnd {
  const { code, what, why, unchanged, next, incident, unknownHost } = failureOf(error, log, 'runbook.step')
  return {
    state: 'failed',
    sentence: [what, why, unchanged].filter((part) => part !== undefined).join(' '),
    evidence: [{ name: 'code', value: incident === undefined ? code : `${code} (incident ${incident})` }],
    learnt: {},
    next: next ?? null,
    ...(unknownHost !== undefined && { unknownHost }),
  }
}
