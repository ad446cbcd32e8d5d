import { spanWords } from '../../../shared/domain/size-words.ts'
import { exactWords } from '../../../shared/domain/time-words.ts'
import type { Answer } from './ask.ts'

/** Signatures of S3 are refused beyond 15 minutes (AWS, "RequestTimeTooSkewed"); a third of that is worth a word. */
const toleranceMs = 5 * 60_000

/** What the `Date` header of a reply says of the other clock; it has whole seconds. */
export function clockAnswer(date: string | null, nowMs: number): Answer {
  const theirsMs = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirsMs)) return { state: 'unknown', answer: 'Its replies carry no time.' }
  const offMs = theirsMs - nowMs
  const evidence = `Date: ${exactWords(new Date(theirsMs).toISOString())}`
  if (Math.abs(offMs) <= toleranceMs)
    return { state: 'ok', answer: 'Its clock agrees with this one.', evidence }
  return {
    state: 'warning',
    answer: `Its clock is ${spanWords(Math.abs(offMs))} ${offMs > 0 ? 'ahead of' : 'behind'} this one.`,
    evidence,
    next: 'Find out which of the two is wrong: schedules, tokens and signatures depend on it.',
  }
}
