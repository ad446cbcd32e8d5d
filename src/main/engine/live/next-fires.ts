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
        what: `${JSON.stringify(cron)} in the zone ${JSON.stringify(zone)} is no schedule.`,
        ...(error instanceof Error && { why: error.message.replace(/^CronPattern: /, '') }),
        unchanged: 'Nothing was changed.',
        next: 'Give five fields, such as "0 2 * * *" for 02:00 every day.',
      },
      { cause: error },
    )
  }
}
