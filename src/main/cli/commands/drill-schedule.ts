import type { DrillSchedulePlan } from '../../../shared/contract/drills.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import type { Output } from '../output.ts'
import { findCluster, withDesk } from '../with-desk.ts'
import { fireInWords, timeInWords } from '../words.ts'

export interface DrillScheduleFlags {
  readonly every?: string
  readonly at?: string
  readonly zone?: string
  readonly scratch?: string
  readonly host?: string
  readonly confirm?: string
  readonly off?: boolean
  readonly reason?: string
}

/** Shows or writes when this console drills the newest good backup of a saved cluster by itself. A missed one is a finding. */
export async function drillSchedule(
  name: string,
  flags: DrillScheduleFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, ports } = context
  const schedule = scheduleOf(flags)
  return withDesk(context, async (client) => {
    const { id } = await findCluster(name, client)
    const plan =
      schedule === undefined
        ? await client.drills.schedule({ clusterId: id })
        : await client.drills.setSchedule({
            clusterId: id,
            schedule,
            ...(flags.confirm !== undefined && { confirm: flags.confirm }),
            ...(flags.reason !== undefined && { reason: flags.reason }),
          })
    output.document({ cluster: name, ...plan })
    printDrillSchedule(plan, ports.clock.now(), output)
    return plan.missed === null ? exitStatus.ok : exitStatus.findings
  })
}

export function printDrillSchedule(
  { schedule, next, missed }: DrillSchedulePlan,
  nowMs: number,
  output: Output,
): void {
  if (schedule === null) {
    output.line('This console: no drill by itself.')
    return
  }
  const { everyDays, at, zone, folder, host } = schedule
  const where = [host, folder].filter((part) => part !== null).join(':')
  output.line(
    `This console, while it runs: a drill of the newest good backup each ${everyDays} d at ${at} (${zone}), in ${where === '' ? 'the usual folder' : where}`,
  )
  output.line(`  next ${next.map((time) => fireInWords(time, nowMs)).join('; ')}`)
  if (missed !== null) {
    output.line(`  ${output.style('yellow', '!')} missed ${timeInWords(missed.at, nowMs)}: ${missed.because}`)
  }
}

/** Undefined: nothing is to be changed. */
function scheduleOf({ every, at, zone, scratch, host, off }: DrillScheduleFlags) {
  if (off === true) {
    if (every === undefined) return null
    throw wrong('--off and --every exclude each other.')
  }
  if (every === undefined) {
    if ([at, zone, scratch, host].every((flag) => flag === undefined)) return undefined
    throw wrong('--every says each how many days.')
  }
  if (!/^\d{1,3}$/.test(every) || Number(every) < 1 || Number(every) > 365) {
    throw wrong('The value of --every is no number of days from 1 to 365.')
  }
  if (at !== undefined && !/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(at)) {
    throw wrong('The value of --at is no time of day, such as 03:30.')
  }
  return {
    everyDays: Number(every),
    at: at ?? '03:00',
    zone: zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    folder: scratch ?? null,
    host: host ?? null,
  }
}

function wrong(what: string): HoldfastError {
  return new HoldfastError('usage', {
    what,
    unchanged: 'Nothing was changed.',
    next: 'See "holdfast drill-schedule --help".',
  })
}
