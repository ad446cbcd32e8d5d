import { expect, test } from 'vitest'
import { countOf } from '../../../../../src/shared/domain/size-words.ts'
import { healthOf } from '../../../../../src/main/desk/live/health-of.ts'
import type { Probe } from '../../../../../src/shared/contract/masters.ts'

const at = '2026-11-20T02:00:00.000Z'

function probe(of: string, id: string, state: Probe['state'], answer = 'So it is.'): Probe {
  return {
    id,
    of,
    state,
    question: id,
    answer,
    evidence: null,
    mark: 'documented',
    next: null,
    code: null,
    at,
    tookMs: 1,
  }
}

test.each([
  [
    'every answer is good',
    [probe('m1', 'answers', 'ok'), probe('m2', 'answers', 'ok')],
    'up',
    'All 2 answer.',
  ],
  ['the only master answers', [probe('m1', 'answers', 'ok')], 'up', 'It answers.'],
  [
    'one of two is dead',
    [probe('m1', 'answers', 'bad', 'Nothing listens there.'), probe('m2', 'answers', 'ok')],
    'attention',
    'answers of m1: Nothing listens there.',
  ],
  [
    'all are dead',
    [probe('m1', 'answers', 'bad', 'Gone.'), probe('m2', 'answers', 'bad', 'Gone.')],
    'down',
    'None of 2 answers. Gone.',
  ],
  [
    'a question could not be put',
    [probe('m1', 'answers', 'ok'), probe('m1', 'login', 'notAsked', 'No login.')],
    'up',
    `It answers; ${countOf(1, 'question')} without an answer.`,
  ],
  ['nobody says that it is there', [probe('c', 'login', 'unknown')], 'unknown', 'login of c: So it is.'],
  ['nothing was asked', [], 'unknown', 'Nothing was asked.'],
] as const)('The health where %s', (_, probes, state, words) => {
  expect(healthOf(probes, at)).toMatchObject({ state, words, at, failure: null })
})
