import type { Probe } from '../../../shared/contract/masters.ts'
import { isHoldfastError, type ErrorCode } from '../../../shared/domain/error.ts'
import { emitted } from '../../../shared/streams/emitted.ts'
import type { Clock } from '../../ports/clock.ts'

export type Question = Pick<Probe, 'id' | 'of' | 'question' | 'mark'>

export interface Answer {
  readonly state: Probe['state']
  readonly answer: string
  readonly evidence?: string
  readonly next?: string
  readonly code?: ErrorCode
}

/**
 * Puts one question. An expected failure is an answer too: `bad`, in the failure's own words, or what `failed` makes of it.
 * Cancelling throws, and so does what nobody expected.
 */
export async function ask(
  question: Question,
  clock: Pick<Clock, 'now'>,
  work: () => Promise<Answer>,
  failed: Probe['state'] = 'bad',
): Promise<Probe> {
  const startedMs = clock.now()
  const answer = await work().catch((error: unknown): Answer => {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    const { what, why, next } = error.text
    return {
      state: failed,
      answer: why === undefined ? what : `${what} ${why}`,
      ...(next !== undefined && { next }),
      code: error.code,
    }
  })
  const endedMs = clock.now()
  return {
    ...question,
    state: answer.state,
    answer: answer.answer,
    evidence: answer.evidence ?? null,
    next: answer.next ?? null,
    code: answer.code ?? null,
    at: new Date(endedMs).toISOString(),
    tookMs: Math.max(0, endedMs - startedMs),
  }
}

/** A question that was not put, because of something that another answer says. */
export function notAsked(question: Question, why: string, clock: Pick<Clock, 'now'>): Probe {
  return {
    ...question,
    state: 'notAsked',
    answer: why,
    evidence: null,
    next: null,
    code: null,
    at: new Date(clock.now()).toISOString(),
    tookMs: 0,
  }
}

type Emit = (probe: Probe) => void

/** Rounds of questions side by side: what one of them waits for delays none of the others. Answers come as they are given. */
export function sideBySide(
  rounds: readonly ((emit: Emit, signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): AsyncIterable<Probe> {
  return emitted<Probe>(
    async (emit, stop) => {
      const ended = await Promise.allSettled(rounds.map(async (round) => round(emit, stop)))
      const failed = ended.find((one) => one.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
    { signal },
  )
}
