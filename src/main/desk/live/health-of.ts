import type { Health, Probe } from '../../../shared/contract/masters.ts'

/** Every driver asks every master or node this one: whether it answers at all. */
export const answersProbe = 'answers'

const worstFirst: readonly Probe['state'][] = ['bad', 'warning', 'unknown', 'notAsked', 'ok']

/** What the answers amount to. No answer at all is `unknown`, never `up`. */
export function healthOf(probes: readonly Probe[], at: string): Health {
  const reached = probes.filter(({ id }) => id === answersProbe)
  const worst = probes.toSorted((a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state))[0]
  const isDown = reached.length > 0 && reached.every(({ state }) => state === 'bad')
  return {
    state: isDown ? 'down' : stateOf(worst),
    words: wordsOf(worst, isDown, reached.length),
    at,
    probes: [...probes],
    failure: null,
  }
}

function stateOf(worst: Probe | undefined): Health['state'] {
  switch (worst?.state) {
    case 'ok':
      return 'up'
    case 'bad':
    case 'warning':
      return 'attention'
    case 'unknown':
    case 'notAsked':
    case undefined:
      return 'unknown'
  }
}

function wordsOf(worst: Probe | undefined, isDown: boolean, masters: number): string {
  if (worst === undefined) return 'Nothing was asked.'
  if (isDown && masters > 1) return `None of ${masters} answers. ${worst.answer}`
  if (worst.state === 'ok') return masters === 1 ? 'It answers.' : `All ${masters} answer.`
  return `${worst.question} of ${worst.of}: ${worst.answer}`
}
