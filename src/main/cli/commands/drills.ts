import type { ClusterDrills, DrillView } from '../../../shared/contract/drills.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { drillPhaseWords, tookWords } from '../../../shared/domain/drill.ts'
import { targetWords } from '../../../shared/domain/size-words.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import type { Output } from '../output.ts'
import { findCluster, withDesk } from '../with-desk.ts'
import { ageInWords, table } from '../words.ts'

/**
 * The drills that were made of saved clusters, newest first, and the clusters that ask for one; from memory. The status is that of a
 * finding where a cluster was never drilled, or its last drill failed, is too old or took longer than its target.
 */
export async function listDrills(
  nameOrId: string | null,
  olderThan: string | undefined,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, ports } = context
  const dueAfterDays = olderThan === undefined ? null : daysOf(olderThan)
  return withDesk(context, async (client) => {
    const wanted = nameOrId === null ? null : await findCluster(nameOrId, client)
    const fleet = (await client.drills.fleet(dueAfterDays === null ? {} : { dueAfterDays }))
      .filter(({ id }) => wanted === null || id === wanted.id)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    output.document({ clusters: fleet })
    const made = fleet
      .flatMap((cluster) => cluster.drills.map((drill) => ({ cluster, drill })))
      .toSorted((a, b) => (a.drill.startedAt < b.drill.startedAt ? 1 : -1))
    const rows = made.map(({ cluster, drill }) => cellsOf(cluster, drill, ports.clock.now()))
    for (const line of table(rows)) output.line(line.trimEnd())
    if (rows.length > 0) output.line()
    const asking = fleet.filter(({ standing }) => standing.state !== 'good')
    for (const { name, standing } of asking) {
      output.line(`${output.style('yellow', '!')} ${name}: ${standing.sentence}`)
    }
    for (const cluster of fleet) printTrend(cluster, output)
    if (fleet.length === 0) output.line('No cluster was added yet: see "holdfast clusters add --help".')
    return asking.length === 0 ? exitStatus.ok : exitStatus.findings
  })
}

function cellsOf({ name, targetMs }: ClusterDrills, drill: DrillView, nowMs: number): readonly string[] {
  const { backupId, finishedAt, outcome, rtoMs, phases, against } = drill
  const target =
    against === 'within' || against === 'over' ? ` (${against} ${targetWords(targetMs ?? 0)})` : ''
  return [
    name,
    backupId,
    ageInWords(finishedAt, nowMs),
    outcome.kind,
    rtoMs === null ? 'not measured' : `${tookWords(rtoMs)}${target}`,
    phases.map(({ name: phase, tookMs }) => `${drillPhaseWords[phase]} ${tookWords(tookMs)}`).join(', '),
  ]
}

function printTrend({ name, drills, trend }: ClusterDrills, output: Output): void {
  if (drills.length > 0) output.line(`${name}: ${trend.sentence}`)
}

function daysOf(text: string): number {
  const days = Number(text)
  if (/^\d+$/.test(text) && days >= 1 && days <= 3650) return days
  throw new HoldfastError('usage', {
    what: 'The value of --older-than is no number of days.',
    unchanged: 'Nothing was begun.',
    next: 'Give a whole number from 1 to 3650.',
  })
}
