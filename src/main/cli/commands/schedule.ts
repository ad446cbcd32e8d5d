import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { fireInWords, operatorZone } from '../words.ts'
import { printDrillSchedule } from './drill-schedule.ts'
import { findCluster, openVault, withDesk } from '../with-desk.ts'

/** What a saved cluster will do by itself, what this console will do, and what nobody does. */
export async function schedule(
  name: string,
  passphraseFile: string | null,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, ports, signal } = context
  return withDesk(context, async (client) => {
    const cluster = await findCluster(name, client)
    await openVault(client, passphraseFile, context)
    const { theirs, theirsFailure, ours, nobody } = await client.masters.schedule(
      { id: cluster.id },
      { signal },
    )
    const drills = await client.drills.schedule({ clusterId: cluster.id })
    output.document({
      cluster: cluster.name,
      system: cluster.system,
      theirs,
      theirsFailure,
      ours,
      drills,
      nobody,
      operatorZone: operatorZone(),
    })
    const times = (next: readonly string[]): string =>
      next.map((time) => fireInWords(time, ports.clock.now())).join('; ')
    output.line(`The cluster: ${theirs?.words ?? theirsFailure?.what ?? 'not known.'}`)
    if (theirs !== null && theirs.next.length > 0) {
      const zone =
        theirs.nextFrom === 'server'
          ? ''
          : ` (computed as if it were meant in ${theirs.zone ?? 'UTC: its zone is not known'})`
      output.line(`  next ${times(theirs.next)}${zone}`)
    }
    for (const { label, value } of theirs?.settings ?? []) output.line(`  ${label}: ${value ?? 'not set'}`)
    output.line(
      ours === null
        ? 'This console: no snapshot by itself.'
        : `This console, while it runs: ${ours.schedule.cron} (${ours.schedule.zone}), ${ours.schedule.way}; next ${times(ours.next)}`,
    )
    printDrillSchedule(drills, ports.clock.now(), output)
    for (const sentence of nobody) output.line(`Nobody: ${sentence}`)
    return theirsFailure === null ? exitStatus.ok : exitStatus.unreachable
  })
}
