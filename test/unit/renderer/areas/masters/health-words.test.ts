import { expect, test } from 'vitest'
import type { Probe } from '../../../../../src/shared/contract/masters.ts'
import {
  mergedProbes,
  probeGroups,
  probeText,
} from '../../../../../src/renderer/areas/masters/model/health-words.ts'

function probe(of: string, id: string, fields: Partial<Probe> = {}): Probe {
  return {
    id,
    of,
    state: 'ok',
    question: 'Ready',
    answer: 'It is ready.',
    evidence: null,
    mark: 'documented',
    next: null,
    code: null,
    at: '2026-11-21T02:00:00Z',
    tookMs: 12,
    ...fields,
  }
}

test('answers stand by the master that gave them, what is about the whole cluster last', () => {
  const groups = probeGroups(
    [
      probe('m10', 'ready'),
      probe('kiok', 'leader'),
      probe('m1', 'ready'),
      probe('m2', 'ready', { state: 'bad' }),
      probe('m1', 'clock'),
    ],
    'kiok',
  )
  expect(groups.map(({ of, worst, probes }) => [of, worst, probes.map(({ id }) => id)])).toEqual([
    ['m1', 'ok', ['ready', 'clock']],
    ['m2', 'bad', ['ready']],
    ['m10', 'ok', ['ready']],
    ['kiok', 'ok', ['leader']],
  ])
})

test('a group is as bad as its worst answer, and one that could not be asked is not good', () => {
  const worstOf = (...states: Probe['state'][]) =>
    probeGroups(
      states.map((state, at) => probe('m1', String(at), { state })),
      'kiok',
    )[0]?.worst
  expect(worstOf('ok', 'warning', 'bad')).toBe('bad')
  expect(worstOf('ok', 'notAsked')).toBe('notAsked')
  expect(worstOf('unknown', 'warning')).toBe('warning')
})

test('while they are asked again, each new answer takes the place of the old one', () => {
  const known = [probe('m1', 'ready'), probe('m2', 'ready')]
  const merged = mergedProbes(known, [
    probe('m2', 'ready', { state: 'bad' }),
    probe('m3', 'ready', { state: 'warning' }),
  ])
  expect(merged.map(({ of, state }) => [of, state])).toEqual([
    ['m1', 'ok'],
    ['m2', 'bad'],
    ['m3', 'warning'],
  ])
})

test('an answer as text has its state in a word, its next step and its evidence', () => {
  const bad = probe('m1', 'ready', {
    state: 'bad',
    answer: 'Not ready.',
    next: 'Wait.',
    evidence: 'GET /readyz → 503',
  })
  expect(probeText.map(({ text }) => text(bad))).toEqual([
    'm1',
    'Ready',
    'Failed',
    'Not ready.',
    'Wait.',
    'GET /readyz → 503',
    '2026-11-21T02:00:00Z',
  ])
})
