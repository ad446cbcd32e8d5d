/**
 * A point in time as ISO 8601 in UTC with milliseconds, or null where the text is none. The format of chango's
 * timestamps is not documented, so every usual writing is taken: ISO 8601 with any separators or none, up to nine
 * decimals, an offset or `Z`; a date alone (taken as its first moment); seconds or milliseconds since the epoch. Without
 * an offset it is taken as UTC.
 */
export function parseTimestamp(text: string): string | null {
  const epoch = /^(\d{10})(\d{3})?$/.exec(text)
  if (epoch !== null) return iso(Number(epoch[1]) * 1000 + Number(epoch[2] ?? 0))
  const parts =
    /^(\d{4})[-_./]?(\d{2})[-_./]?(\d{2})(?:[T_. -]?(\d{2})[-_:.h]?(\d{2})(?:[-_:.m]?(\d{2})(?:[.,_-](\d{1,9})|(\d{3}|\d{6}|\d{9}))?)?)? ?(Z|UTC|[+-]\d{2}:?\d{2})?(?:\[[A-Za-z/_+-]+\])?$/.exec(
      text,
    )
  if (parts === null) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', point = '', run = '', zone = 'Z'] = parts
  const fraction = point === '' ? run : point
  const fields = [
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  ] as const
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3))
  const at = new Date(Date.UTC(...fields, milliseconds))
  const kept = [
    at.getUTCFullYear(),
    at.getUTCMonth(),
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
  ]
  // Date takes the 31st of February for the 3rd of March.
  if (fields.some((field, index) => field !== kept[index])) return null
  return iso(at.getTime() - offsetMs(zone))
}

function offsetMs(zone: string): number {
  const parts = /^([+-])(\d{2}):?(\d{2})$/.exec(zone)
  if (parts === null) return 0
  const ms = (Number(parts[2]) * 60 + Number(parts[3])) * 60_000
  return parts[1] === '-' ? -ms : ms
}

/** Null outside the years in which a backup can have been made. */
function iso(ms: number): string | null {
  const earliest = Date.UTC(2000, 0, 1)
  const latest = Date.UTC(2200, 0, 1)
  return ms >= earliest && ms < latest ? new Date(ms).toISOString() : null
}
