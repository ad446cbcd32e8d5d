import { revealed } from '../../shared/domain/printable.ts'

/** What is said beside the field while the name does not match; null where it does. Compared by code points. */
export function mismatchWords(value: string, expected: string): string | null {
  if (value === expected) return null
  if (value === '') return 'The button unlocks when the name matches.'
  const shown = revealed(expected)
  if (revealed(value) !== value)
    return `Typed: ${revealed(value)}. Some letters only look like the right ones.`
  if (shown !== expected && value.length >= expected.length)
    return `The name has letters that only look like others: ${shown}`
  if (value.toLowerCase() === expected.toLowerCase()) return 'Capital and small letters differ.'
  return expected.startsWith(value) ? 'Go on.' : 'Not the name.'
}
