import type { Look } from '../../shared/contract/clusters.ts'
import type { Tone } from './status.tsx'

interface KeyWords {
  readonly tone: Tone
  readonly word: string
}

/** Does the key open the backups, in words. */
export function keyWords(proof: Look['keyProof'] | undefined): KeyWords {
  if (proof === undefined) return { tone: 'none', word: 'Not looked at' }
  const counted = `${proof.opens} of ${proof.of}`
  switch (proof.state) {
    case 'opens':
      return { tone: proof.opens === proof.of ? 'good' : 'unknown', word: counted }
    case 'refused':
      return { tone: 'bad', word: counted }
    case 'notNeeded':
      return { tone: 'notProvable', word: 'Not needed' }
    case 'notProvable':
      return { tone: 'notProvable', word: 'Not provable' }
    case 'noKey':
      return { tone: 'unknown', word: 'No key' }
    case 'notTried':
      return { tone: 'unknown', word: 'Not tried' }
  }
}
