import { revealed } from '../../shared/domain/printable.ts'

export interface Mismatch {
  readonly words: string
  /** Letters stand there that are read as others: to the eye it may be the right name. */
  readonly isDisguised: boolean
}

/** What is said beside the field while the name does not match; null where it does. Compared by code points. */
export function mismatchOf(value: string, expected: string): Mismatch | null {
  if (value === expected) return null
  const shown = revealed(expected)
  if (revealed(value) !== value) {
    return {
      words: `Typed: ${revealed(value)}. Some letters only look like the right ones.`,
      isDisguised: true,
    }
  }
  if (shown !== expected && value.length >= expected.length) {
    return { words: `The name has letters that only look like others: ${shown}`, isDisguised: true }
  }
  return { words: plainWords(value, expected), isDisguised: false }
}

function plainWords(value: string, expected: string): string {
  if (value === '') return 'The button unlocks when the name matches.'
  if (value.toLowerCase() === expected.toLowerCase()) return 'Capital and small letters differ.'
  return expected.startsWith(value) ? 'Go on.' : 'Not the name.'
}
