import { compareUtf8 } from '../../../shared/domain/utf8-order.ts'

/** What is known of a stretch of keys when it is to be cut. */
export interface Known {
  /** First and last key of the page that was just read. */
  readonly first: string
  readonly last: string
  /** The last key of the stretch; null where it is not known. */
  readonly upTo: string | null
  /** How many first characters all keys of the stretch share at least. */
  readonly shared: number
}

export interface Guess {
  /** The keys after this text are what is wanted. */
  readonly after: string
  /** Of which character of `last` a greater one was tried. */
  readonly level: number
}

const lastPrintable = 0x7e

/**
 * Where keys may lie that are a good deal further on than `last`. Between two neighbouring pages keys differ at some
 * character; the ones before it count more: in `20260314…` the next day, the next ten days, the next month and so on. So
 * each of these characters is raised by one, and the first, where the rest of the stretch fans out, also by 2, 4, 8 …,
 * which reaches the other end of any alphabet in a few steps. Only ASCII is tried; all else is merely not sped up.
 */
export function guessSplits({ first, last, upTo, shared }: Known): readonly Guess[] {
  const deepest = Math.min(commonLength(first, last), last.length - 1)
  const guesses: Guess[] = []
  for (let level = shared; level <= deepest; level += 1) {
    const unit = last.charCodeAt(level)
    for (const step of level === shared ? [1, 2, 4, 8, 16, 32, 64] : [1]) {
      if (unit + step > lastPrintable) break
      const after = last.slice(0, level) + String.fromCharCode(unit + step)
      if (upTo === null || compareUtf8(after, upTo) < 0) guesses.push({ after, level })
    }
  }
  return guesses
}

/** How many first characters two texts share. */
export function commonLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length += 1
  return length
}
