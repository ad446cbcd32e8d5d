import type { DrillView } from '../../../../shared/contract/drills.ts'
import { tookWords } from '../../../../shared/domain/drill.ts'
import { targetWords } from '../../../../shared/domain/size-words.ts'
import type { Tone } from '../../../ui/tone.ts'

interface Word {
  readonly tone: Tone
  readonly word: string
}

const outcomeWords: Readonly<Record<DrillView['outcome']['kind'], Word>> = {
  restored: { tone: 'good', word: 'Restored' },
  readable: { tone: 'notProvable', word: 'Readable only' },
  failed: { tone: 'bad', word: 'Failed' },
}

export function drillWord(kind: DrillView['outcome']['kind']): Word {
  return outcomeWords[kind]
}

/** The measured parts held against the target, in words: what was not measured comes on top of both. */
export function againstWords(
  { rtoMs, against }: Pick<DrillView, 'rtoMs' | 'against'>,
  targetMs: number | null,
): Word {
  switch (against) {
    case 'within':
      return { tone: 'good', word: `within ${targetWords(targetMs ?? 0)}` }
    case 'over':
      return { tone: 'warn', word: `over the target by ${tookWords((rtoMs ?? 0) - (targetMs ?? 0))}` }
    case 'noTarget':
      return { tone: 'none', word: 'no target is set' }
    case 'notMeasured':
      return { tone: 'none', word: 'nothing to compare' }
  }
}
