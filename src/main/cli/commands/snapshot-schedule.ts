import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { findCluster, withDesk } from '../with-desk.ts'
import { fireInWords } from '../words.ts'

export interface SnapshotScheduleFlags {
  readonly cron?: string
  readonly zone?: string
  readonly way?: string
  readonly off?: boolean
  readonly reason?: string
}

/** Writes when this console takes a snapshot of a saved cluster by itself; `holdfast schedule` shows it beside the cluster's own. */
export async function snapshotSchedule(
  name: string,
  flags: SnapshotScheduleFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, ports } = context
  const { cron, off, reason } = flags
  if ((cron === undefined) === (off !== true)) {
    throw wrong('One of --cron and --off is needed.', `See "holdfast schedule" for what is set.`)
  }
  return withDesk(context, async (client) => {
    const { id, system } = await findCluster(name, client)
    const why = reason === undefined ? {} : { reason }
    if (cron === undefined) {
      await client.masters.setOwnSchedule({ id, schedule: null, ...why })
      output.document({ cluster: name, schedule: null, next: [] })
      output.line('This console: no snapshot by itself.')
      return exitStatus.ok
    }
    const ways = (await client.masters.systems()).find((each) => each.system === system)?.snapshotWays ?? []
    const schedule = {
      cron,
      zone: flags.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
      // Without a choice the first one that can be taken while nobody is there; what there is not is refused by its name.
      way: flags.way ?? ways.find(({ stops, makesNothing }) => !stops && !makesNothing)?.id ?? 'none',
    }
    const { next } = await client.masters.setOwnSchedule({ id, schedule, ...why })
    output.document({ cluster: name, schedule, next })
    output.line(`This console, while it runs: ${schedule.cron} (${schedule.zone}), ${schedule.way}`)
    const times = next.map((time) => fireInWords(time, ports.clock.now())).join('; ')
    output.line(`  next ${times === '' ? 'never: no such time is to come' : times}`)
    return exitStatus.ok
  })
}

function wrong(what: string, next: string): HoldfastError {
  return new HoldfastError('usage', { what, unchanged: 'Nothing was changed.', next })
}
