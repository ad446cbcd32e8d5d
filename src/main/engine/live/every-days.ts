import { nextFires } from './next-fires.ts'

/** Each so many days at a time of day in a zone, counted from the first. */
export interface EveryDays {
  readonly everyDays: number
  /** `03:30`. */
  readonly at: string
  readonly zone: string
  /** UTC ISO 8601. */
  readonly firstAt: string
}

const dayMs = 86_400_000

/** When it would begin if it were switched on now. Throws `usage` where the zone is none. */
export function firstOf({ at, zone }: Pick<EveryDays, 'at' | 'zone'>, nowMs: number): string {
  const [first = new Date(nowMs).toISOString()] = nextFires(cronOf(at), zone, nowMs, 1)
  return first
}

/** The next times after a moment. */
export function nextOf(every: EveryDays, afterMs: number, count: number): readonly string[] {
  let place = Math.max(0, Math.floor((afterMs - Date.parse(every.firstAt)) / (every.everyDays * dayMs)) - 1)
  const times: string[] = []
  for (; times.length < count; place += 1) {
    const time = timeAt(every, place)
    if (Date.parse(time) > afterMs) times.push(time)
  }
  return times
}

/** The last time up to a moment; null before the first. */
export function lastOf(every: EveryDays, untilMs: number): string | null {
  const firstMs = Date.parse(every.firstAt)
  let place = Math.floor((untilMs - firstMs) / (every.everyDays * dayMs)) + 1
  for (; place >= 0; place -= 1) {
    const time = timeAt(every, place)
    if (Date.parse(time) <= untilMs) return time
  }
  return null
}

/** A day of summer time is an hour longer or shorter: the time of that day is looked for from half a day before. */
function timeAt(every: EveryDays, place: number): string {
  if (place === 0) return every.firstAt
  const nominalMs = Date.parse(every.firstAt) + place * every.everyDays * dayMs
  return firstOf(every, nominalMs - dayMs / 2)
}

function cronOf(at: string): string {
  const [hour, minute] = at.split(':').map(Number)
  return `${minute ?? 0} ${hour ?? 0} * * *`
}
