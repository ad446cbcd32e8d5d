import { Cron } from 'croner'
import { HoldfastError } from '../../../shared/domain/error.ts'

/**
 * The next times of a five-field UNIX cron expression (minute, hour, day of the month, month, day of the week), UTC ISO 8601. Where both
 * days are given either one is enough, as cron(5) has it. Throws `usage` where it is none.
 */
export function nextFires(cron: string, zone: string, fromMs: number, count: number): readonly string[] {
  try {
    const times = new Cron(cron, { mode: '5-part', timezone: zone, paused: true, domAndDow: false })
    return times.nextRuns(count, new Date(fromMs)).map((time) => time.toISOString())
  } catch (error) {
    throw new HoldfastError(
      'usage',
      {
        what: `${JSON.stringify(cron)}${zone === 'UTC' ? '' : ` in the zone ${JSON.stringify(zone)}`} is no schedule.`,
        why: whyNot(cron, zone),
        unchanged: 'Nothing was changed.',
        next: 'Give five fields, such as "0 2 * * *" for 02:00 every day.',
      },
      { cause: error },
    )
  }
}

/** Not in the library's words: it counts other fields than cron(5) does, and calls the 13th month the 12th. */
function whyNot(cron: string, zone: string): string {
  const fields = cron.trim() === '' ? 0 : cron.trim().split(/\s+/).length
  if (fields !== 5) return `It has ${fields === 1 ? '1 field' : `${fields} fields`}, not 5.`
  if (!isZone(zone)) return `No time zone is called ${JSON.stringify(zone)} here.`
  return 'One of its fields is out of its range, or is not understood.'
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== ''
  } catch {
    return false
  }
}
