import type { Cluster } from '../../../../shared/contract/clusters.ts'
import { againstTarget, tookWords } from '../../../../shared/domain/drill.ts'
import { targetWords } from '../../../../shared/domain/size-words.ts'
import type { Tone } from '../../../ui/tone.ts'

type Drilled = Pick<Cluster, 'name' | 'rtoMs' | 'look'>

export interface LastDrillWords {
  readonly tone: Tone
  readonly word: string
  /** The measured time, or what stands in its place. */
  readonly figure: string
  /** Beside the figure. */
  readonly note: string
}

/** The last drill of a cluster: what it came to, in words, and against which target. */
export function lastDrillWords({ look, rtoMs: targetMs }: Drilled): LastDrillWords {
  const last = look?.lastDrill ?? null
  const note = targetMs === null ? '' : `of ${targetWords(targetMs)}`
  if (last === null) {
    return {
      tone: 'unknown',
      word: 'Never drilled',
      figure: 'Never drilled',
      note: targetMs === null ? '' : `target ${targetWords(targetMs)}`,
    }
  }
  if (last.outcome === 'failed') return { tone: 'bad', word: 'The last drill failed', figure: 'Failed', note }
  const { rtoMs } = last
  if (last.outcome === 'readable' || rtoMs === null) {
    return { tone: 'notProvable', word: 'Readable only: nothing loads it', figure: 'Readable only', note: '' }
  }
  const figure = tookWords(rtoMs)
  switch (againstTarget(rtoMs, targetMs)) {
    case 'over':
      return {
        tone: 'warn',
        word: `${figure}, over the target of ${targetWords(targetMs ?? 0)}`,
        figure,
        note,
      }
    case 'within':
      return { tone: 'good', word: `${figure} of ${targetWords(targetMs ?? 0)}`, figure, note }
    case 'noTarget':
    case 'notMeasured':
      return { tone: 'good', word: `${figure}, no target is set`, figure, note: 'no target' }
  }
}

const toneOrder: readonly Tone[] = ['bad', 'warn', 'unknown', 'notProvable', 'good']

/** What failed first, then what is too slow, what was never drilled, and the rest by the age of its last drill. */
export function drillOrder<C extends Drilled>(clusters: readonly C[]): readonly C[] {
  const at = ({ look }: C): string => look?.lastDrill?.at ?? ''
  const place = (cluster: C): number => toneOrder.indexOf(lastDrillWords(cluster).tone)
  return clusters.toSorted((a, b) => place(a) - place(b) || compare(at(a), at(b)) || compare(a.name, b.name))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
