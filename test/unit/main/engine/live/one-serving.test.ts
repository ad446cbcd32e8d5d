import { expect, test } from 'vitest'
import { oneServing } from '../../../../../src/main/engine/live/one-serving.ts'
import type { Probe } from '../../../../../src/shared/contract/masters.ts'

function probe(of: string, id: string, state: Probe['state']): Probe {
  return {
    id,
    of,
    state,
    question: id,
    answer: '',
    evidence: null,
    mark: 'documented',
    next: null,
    code: null,
    at: '',
    tookMs: 0,
  }
}

async function statesOf(...probes: readonly Probe[]): Promise<readonly string[]> {
  const states: string[] = []
  for await (const { of, id, state } of oneServing(stream(probes), 'ready'))
    states.push(`${of} ${id} ${state}`)
  return states
}

async function* stream(probes: readonly Probe[]): AsyncGenerator<Probe> {
  yield* probes
}

test('A dead master is a warning while another one is ready; what is wrong with the cluster stays bad', async () => {
  expect(
    await statesOf(
      probe('m1', 'answers', 'bad'),
      probe('m1', 'ready', 'notAsked'),
      probe('m2', 'ready', 'ok'),
      probe('cluster', 'login', 'bad'),
    ),
  ).toEqual(['m1 answers warning', 'm1 ready notAsked', 'm2 ready ok', 'cluster login bad'])
})

test('Where none is ready, nothing is made milder', async () => {
  expect(await statesOf(probe('m1', 'answers', 'bad'), probe('m2', 'ready', 'bad'))).toEqual([
    'm1 answers bad',
    'm2 ready bad',
  ])
})
