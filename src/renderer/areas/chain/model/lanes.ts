import { countWords } from '../../../../shared/domain/size-words.ts'
import type { Chain } from '../../../../shared/contract/backups.ts'

/** Where the columns of the map stand, in pixels from its left edge. */
export interface Lanes {
  readonly left: number
  readonly verdict: number
  readonly width: number
  /** Of a rail, from the left edge of its lane. */
  readonly railAt: number
  readonly of: (store: number) => { readonly left: number; readonly width: number }
}

interface Room {
  readonly room: number
  readonly left: number
  readonly verdict: number
}

const narrowest = 66
/** A lane that is wider takes its words away from its rail. */
const mostSpare = 40
const digitWidth = 5.6

/** Gives each lane the room that its words need and shares what is left; where it is too little the map scrolls sideways. */
export function lanesFor(needs: readonly number[], { room, left, verdict }: Room): Lanes {
  const needed = needs.reduce((sum, need) => sum + need, 0)
  const spare = needs.length === 0 ? 0 : Math.floor((room - left - verdict - needed) / needs.length)
  const widths = needs.map((need) => need + Math.min(mostSpare, Math.max(0, spare)))
  const edges = widths.reduce<number[]>((all, width) => [...all, (all.at(-1) ?? left) + width], [left])
  return {
    left,
    verdict,
    width: (edges.at(-1) ?? left) + verdict,
    railAt: 13,
    of: (store) => ({ left: edges[store] ?? left, width: widths[store] ?? 0 }),
  }
}

const idDigitWidth = 7.12
/** The day, and the room around it and the id. */
const besideId = 65

/** What stands left of the lanes where each row has its whole id. */
export function leftWithIds({ backups }: Chain): number {
  const longest = backups.reduce((most, { backupId }) => Math.max(most, backupId.length), 0)
  return besideId + Math.ceil(longest * idDigitWidth)
}

/** Whether all of it is seen at once. */
export function fits(needs: readonly number[], { room, left, verdict }: Room): boolean {
  return left + needs.reduce((sum, need) => sum + need, 0) + verdict <= room
}

/** The width of the longest words of each lane: the size of an object and how many backups use it. */
export function laneNeeds({ stores, objects }: Chain): readonly number[] {
  const longest = stores.map(() => 0)
  for (const { store, sizeBytes, users } of objects) {
    const words =
      (sizeBytes === null ? 0 : mapSize(sizeBytes).length) + (users > 1 ? countWords(users).length + 2 : 0)
    longest[store] = Math.max(longest[store] ?? 0, words)
  }
  return longest.map((length) => Math.max(narrowest, Math.ceil(27 + length * digitWidth)))
}

/** A size with as few digits as tell it: `213 kB`, `1.1 MB`, `20.9 MB`. */
export function mapSize(sizeBytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
  let [value, unit] = [sizeBytes, 0]
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 || (unit === 1 && value >= 9.95) ? 0 : 1
  return `${value.toFixed(digits)}\u00a0${units[unit] ?? ''}`
}
