import type { Probe } from '../../../shared/contract/masters.ts'

/**
 * The answers as they count before a cluster is asked for something: what is wrong with one master is a warning while another one
 * answers `serving` with ok. Waits for all answers, as the last of them may be the one that serves.
 */
export async function* oneServing(
  probes: AsyncIterable<Probe>,
  serving: string,
): AsyncGenerator<Probe, void, undefined> {
  const all: Probe[] = []
  for await (const probe of probes) all.push(probe)
  const masters = new Set(all.filter(({ id }) => id === serving).map(({ of }) => of))
  const isServed = all.some(({ id, state }) => id === serving && state === 'ok')
  for (const probe of all) {
    const counts = probe.state !== 'bad' || !masters.has(probe.of) || !isServed
    yield counts ? probe : { ...probe, state: 'warning' }
  }
}
