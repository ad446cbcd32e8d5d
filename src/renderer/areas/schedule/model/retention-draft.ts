import type { RetentionRules } from '../../../../shared/domain/retention.ts'
import { countOf, countWords } from '../../../../shared/domain/size-words.ts'

/** As it is typed; an empty field is no rule. */
export interface RetentionDraft {
  readonly keepLast: string
  readonly keepDays: string
  readonly atMost: string
}

export function draftOf(rules: RetentionRules | null): RetentionDraft {
  const text = (value: number | null | undefined): string =>
    value === null || value === undefined ? '' : String(value)
  return { keepLast: text(rules?.keepLast), keepDays: text(rules?.keepDays), atMost: text(rules?.atMost) }
}

export function isCount(text: string): boolean {
  return /^[1-9]\d{0,5}$/.test(text.trim())
}

/** Null while a field is no whole number, or while they would keep nothing. */
export function rulesIn(draft: RetentionDraft): RetentionRules | null {
  const { keepLast, keepDays, atMost } = draft
  if ([keepLast, keepDays, atMost].some((text) => text.trim() !== '' && !isCount(text))) return null
  if (keepLast.trim() === '' && keepDays.trim() === '') return null
  const value = (text: string): number | null => (text.trim() === '' ? null : Number(text))
  return {
    keepLast: value(keepLast),
    keepDays: value(keepDays),
    // It cuts what is young, and nothing else.
    atMost: keepDays.trim() === '' ? null : value(atMost),
  }
}

/** What is kept, in a sentence. */
export function rulesSentence({ keepLast, keepDays, atMost }: RetentionRules): string {
  const young =
    keepDays === null
      ? null
      : `what is younger than ${countOf(keepDays, 'day')}${atMost === null ? '' : `, at most ${countWords(atMost)}`}`
  const kept = [keepLast === null ? null : `the newest ${countWords(keepLast)}`, young].filter(
    (part) => part !== null,
  )
  return `Kept: ${kept.join(', and ')}.`
}
