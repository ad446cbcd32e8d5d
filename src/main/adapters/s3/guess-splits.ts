import { compareUtf8 } from '../../../shared/domain/utf8-order.ts'

/** What is known of a stretch of keys when it is to be cut. */
export interface Known {
  /** First and last key of the page that was just read. */
  readonly first: string
  readonly last: string
  /** No key of the stretch is after this; null where no bound is known. */
  readonly upTo: string | null
  /** How many first characters all keys of the stretch share at least. */
  readonly shared: number
  /** True where much can be expected behind the page. */
  readonly isLong: boolean
}

/** Beyond this many characters before the one that changes within a page, a step is worth a hundred pages or more. */
const levels = 3
const alphabets = ['09', 'AZ', 'az'].map((ends) => ({ from: ends.charCodeAt(0), to: ends.charCodeAt(1) }))

/**
 * Texts between which, roughly, equal shares of the keys after `last` may lie; ascending, all after `last` and before
 * `upTo`.
 *
 * Within one page the keys change at some character; those before it count more: in `20260314…` the day, the ten days,
 * the month, the ten months. Raising each of them by one gives points that are a page, ten pages, a hundred pages further
 * on. The first of these characters, where the rest fans out, is also raised by 2, 4 and 8, so that the other end of an
 * alphabet is reached in a few rounds.
 */
export function guessSplits({ first, last, upTo, shared, isLong }: Known): readonly string[] {
  const deepest = Math.min(commonLength(first, last), last.length - 1)
  const highest = Math.max(shared, deepest - levels + 1)
  const guesses = new Set<string>()
  for (let level = highest; level <= deepest; level += 1) {
    for (const step of stepsAt(level)) {
      const raised = raise(last.charCodeAt(level), step)
      if (raised === null) continue
      const guess = last.slice(0, level) + String.fromCharCode(raised)
      if (upTo === null || compareUtf8(guess, upTo) < 0) guesses.add(guess)
    }
  }
  return [...guesses].sort(compareUtf8)

  function stepsAt(level: number): readonly number[] {
    if (!isLong) return [1]
    return level === highest ? [1, 2, 4, 8] : level === deepest ? [1, 4] : [1]
  }
}

/** A later letter or digit of the same alphabet, or at its end (or from any other character) the next alphabet's first. */
function raise(unit: number, step: number): number | null {
  const own = alphabets.find(({ from, to }) => from <= unit && unit <= to)
  if (own !== undefined && unit + step <= own.to) return unit + step
  return step === 1 ? (alphabets.find(({ from }) => from > unit)?.from ?? null) : null
}

/** How many first characters two texts share. */
export function commonLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length += 1
  return length
}
