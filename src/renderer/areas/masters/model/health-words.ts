import type { Cluster } from '../../../../shared/contract/clusters.ts'
import type { Probe } from '../../../../shared/contract/masters.ts'
import type { Tone } from '../../../ui/tone.ts'

interface StateWords {
  readonly tone: Tone
  readonly word: string
}

export type MastersState = Cluster['masters']['state']

export const mastersWords: Readonly<Record<MastersState, StateWords>> = {
  none: { tone: 'none', word: 'No connection' },
  notAsked: { tone: 'none', word: 'Not asked yet' },
  up: { tone: 'good', word: 'Up' },
  attention: { tone: 'warn', word: 'Attention' },
  down: { tone: 'bad', word: 'Down' },
  unknown: { tone: 'unknown', word: 'Not known' },
}

export const probeWords: Readonly<Record<Probe['state'], StateWords>> = {
  ok: { tone: 'good', word: 'Good' },
  warning: { tone: 'warn', word: 'Attention' },
  bad: { tone: 'bad', word: 'Failed' },
  unknown: { tone: 'unknown', word: 'Not known' },
  notAsked: { tone: 'none', word: 'Not asked' },
}

/** Where a fact about a system comes from. */
export const markWords: Readonly<Record<Probe['mark'], string>> = {
  documented: 'as its documents say',
  source: 'as its source says',
  inferred: 'concluded, not documented',
  gap: 'documented nowhere, found by trying',
}

export interface ProbeGroup {
  /** The master, node or host; the cluster's name where it is about all of them. */
  readonly of: string
  readonly worst: Probe['state']
  readonly probes: readonly Probe[]
}

const worstFirst: readonly Probe['state'][] = ['bad', 'warning', 'unknown', 'notAsked', 'ok']

/** Answers by who was asked, by name, so that nothing jumps when they are asked again; the whole cluster comes last. */
export function probeGroups(probes: readonly Probe[], clusterName: string): readonly ProbeGroup[] {
  const inOrder = [...new Set(probes.map(({ of }) => of))].sort(
    (a, b) =>
      Number(a === clusterName) - Number(b === clusterName) || a.localeCompare(b, 'en', { numeric: true }),
  )
  return inOrder.map((of) => {
    const own = probes.filter((probe) => probe.of === of)
    return {
      of,
      worst: worstFirst.find((state) => own.some((probe) => probe.state === state)) ?? 'ok',
      probes: own,
    }
  })
}

/** What is known, with each newer answer in the place of the one it answers again. */
export function mergedProbes(known: readonly Probe[], fresh: readonly Probe[]): readonly Probe[] {
  const isSame = (a: Probe, b: Probe): boolean => a.of === b.of && a.id === b.id
  const kept = known.map((old) => fresh.find((probe) => isSame(probe, old)) ?? old)
  return [...kept, ...fresh.filter((probe) => !known.some((old) => isSame(probe, old)))]
}

/** The columns of the answers as text. */
export const probeText: readonly { readonly head: string; readonly text: (probe: Probe) => string }[] = [
  { head: 'Of', text: ({ of }) => of },
  { head: 'Question', text: ({ question }) => question },
  { head: 'State', text: ({ state }) => probeWords[state].word },
  { head: 'Answer', text: ({ answer }) => answer },
  { head: 'Next', text: ({ next }) => next ?? '' },
  { head: 'Evidence', text: ({ evidence }) => evidence ?? '' },
  { head: 'At (UTC)', text: ({ at }) => at },
]
