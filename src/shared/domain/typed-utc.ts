/**
 * A moment of the past as it is typed, UTC: `2026-11-21 01:52`, with seconds or without, with `T` and `Z` as it is copied from
 * elsewhere, or the time alone for today. Another zone is told by its hours from UTC; the zone of this computer never counts.
 * Empty: now (null). What it cannot be is told as a sentence.
 */
export function typedUtc(
  text: string,
  nowMs: number,
): { readonly at: string | null; readonly fault: string | null } {
  const typed = text.trim()
  if (typed === '') return { at: null, fault: null }
  const found = form.exec(typed)?.groups
  if (found === undefined) return { at: null, fault: 'Write it as 2026-11-21 01:52, in UTC.' }
  const { day = new Date(nowMs).toISOString().slice(0, 10), hour = '', rest = '', zone = 'Z' } = found
  const time = `${hour.padStart(2, '0')}${rest}`
  const atMs = Date.parse(`${day}T${time}${zone}`)
  if (Number.isNaN(atMs) || !isDay(day)) return { at: null, fault: 'There is no such time.' }
  if (atMs > nowMs) return { at: null, fault: 'That is still to come.' }
  return { at: new Date(atMs).toISOString(), fault: null }
}

const form =
  /^(?:(?<day>\d{4}-\d{2}-\d{2})[ T])?(?<hour>\d{1,2})(?<rest>:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?: ?(?:Z|UTC|(?<zone>[+-]\d{2}:\d{2})))?$/

/** Of 30 February `Date.parse` makes 2 March. */
function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day)
}
