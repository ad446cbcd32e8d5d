import type { Probe } from '../../../shared/contract/masters.ts'
import type { LiveCluster } from '../../ports/cluster-driver.ts'
import type { Outcome, StepContext } from '../../ports/runbook.ts'
import { done, notYet } from './outcomes.ts'

/**
 * What the driver's probes say, as the outcome of a step: `done` where every wanted answer is good enough, else `notYet`
 * with the worst. Every answer becomes a line of the step.
 */
export async function probesSay(
  live: LiveCluster,
  context: StepContext,
  wanted: {
    readonly ids: readonly string[]
    /** Enough where the answer is no better. */
    readonly enough?: readonly Probe['state'][]
  },
): Promise<Outcome> {
  const { ids, enough = ['ok', 'warning'] } = wanted
  const answers: Probe[] = []
  for await (const probe of live.probe(context.session)) {
    if (!ids.includes(probe.id)) continue
    answers.push(probe)
    const isEnough = enough.includes(probe.state)
    context.line(
      probe.state === 'ok' ? 'info' : isEnough ? 'warning' : 'error',
      `${probe.question} of ${probe.of}: ${probe.answer}`,
    )
  }
  const evidence = answers.map(({ id, of, state, evidence: seen }) => ({
    name: `${id} of ${of}`,
    value: seen === null ? state : `${state}: ${seen}`,
  }))
  const missing = answers.find(({ state }) => !enough.includes(state))
  if (missing !== undefined) {
    return notYet(`${missing.question} of ${missing.of}: ${missing.answer}`, {
      evidence,
      ...(missing.next !== null && { next: missing.next }),
    })
  }
  // A question that could not be put to anybody is no answer, even where some may be left out.
  if (answers.every(({ state }) => state === 'notAsked'))
    return notYet('None of the questions was answered.', { evidence })
  return done(answers.map(({ of, answer }) => `${of}: ${answer}`).join(' '), { evidence })
}
