import type { Step } from './steps.ts'

/** So many of a step's points at least, where it has as many: its first, its last, and some between. */
const atLeast = 3

/**
 * The points to cause a fault at, of those that an undisturbed job has passed: of each step every `every`-th one, and never
 * fewer than a few. `passed` has the step of each point, in order; points are counted from 1.
 */
export function pointsOf(passed: readonly Step[], every: number): readonly number[] {
  return [...new Set(passed)]
    .flatMap((step) => {
      const points = passed.flatMap((at, place) => (at === step ? [place + 1] : []))
      const count = Math.min(points.length, Math.max(atLeast, Math.ceil(points.length / every)))
      return spread(count, points.length).map((place) => points[place] ?? 0)
    })
    .sort((one, other) => one - other)
}

/** `count` places from the first to the last of `length`, evenly. */
function spread(count: number, length: number): readonly number[] {
  if (count <= 1) return length === 0 ? [] : [0]
  return Array.from({ length: count }, (_, place) => Math.round((place * (length - 1)) / (count - 1)))
}
