import { HoldfastError } from '../../shared/domain/error.ts'
import type { RetentionRules } from '../../shared/domain/retention.ts'

export interface RulesFlags {
  readonly keepLast?: string
  readonly keepDays?: string
  readonly atMost?: string
  readonly orphans?: boolean
}

/** Null where no rule was named at all. */
export function rulesOf({ keepLast, keepDays, atMost }: RulesFlags): RetentionRules | null {
  if (keepLast === undefined && keepDays === undefined && atMost === undefined) return null
  return {
    keepLast: wholeNumber('--keep-last', keepLast),
    keepDays: wholeNumber('--keep-days', keepDays),
    atMost: wholeNumber('--at-most', atMost),
  }
}

export const noRules: RetentionRules = { keepLast: null, keepDays: null, atMost: null }

function wholeNumber(name: string, text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new HoldfastError('usage', {
    what: `${name} takes a whole number of at least 1.`,
    unchanged: 'Nothing was deleted.',
    next: 'Leave the rule out, or write such a number.',
  })
}
