import type { Health, Probe } from '../../../shared/contract/masters.ts'
import { countOf } from '../../../shared/domain/size-words.ts'

/** Every driver asks every master or node this one: whether it answers at all. */
export const answersProbe = 'answers'

const worstFirst: readonly Probe['state'][] = ['bad', 'warning', 'unknown', 'notAsked', 'ok']

/**
 * What the answers amount to. A question that has no answer makes a cluster that answers no worse; where none answers that it
 * is there, nothing is known, never `up`.
 */
export function healthOf(probes: readonly Probe[], at: string): Health {
  const reached = probes.filter(({ id }) => id === answersProbe)
  const worst = probes.toSorted((a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state))[0]
  const isDown = reached.length > 0 && reached.every(({ state }) => state === 'bad')
  const isUp = reached.some(({ state }) => state === 'ok')
  const state = isDown
    ? 'down'
    : worst?.state === 'bad' || worst?.state === 'warning'
      ? 'attention'
      : isUp
        ? 'up'
        : 'unknown'
  return {
    state,
    words: wordsOf(state, worst, reached.length, probes),
    at,
    probes: [...probes],
    failure: null,
  }
}

function wordsOf(
  state: Health['state'],
  worst: Probe | undefined,
  masters: number,
  probes: readonly Probe[],
): string {
  if (worst === undefined) return 'Nothing was asked.'
  if (state === 'down' && masters > 1) return `None of ${masters} answers. ${worst.answer}`
  if (state !== 'up')
    return worst.answer.includes(worst.of)
      ? worst.answer
      : `${worst.question} of ${worst.of}: ${worst.answer}`
  const open = probes.filter(({ state: each }) => each !== 'ok').length
  const answer = masters === 1 ? 'It answers' : `All ${masters} answer`
  return open === 0 ? `${answer}.` : `${answer}; ${countOf(open, 'question')} without an answer.`
}
