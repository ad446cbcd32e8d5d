import { HoldfastError } from '../../../shared/domain/error.ts'
import type { VerifiableLevel } from '../../../shared/domain/level.ts'
import type { CommandContext } from '../context.ts'
import type { ExitStatus } from '../exit-status.ts'
import { followJob, statusOfJob, tellEnd } from '../follow-job.ts'
import type { PlaceOptions } from '../options.ts'
import type { Selection } from '../select-backups.ts'
import { findCluster, openVault, withDesk } from '../with-desk.ts'

/** A verification as a job of this installation's desk: the hosts of a saved cluster are reached as its connection says. */
export async function verifySaved(
  selection: Selection,
  level: VerifiableLevel | null,
  {
    cluster: name,
    repository,
    system,
    passphraseFile,
    recheck,
  }: PlaceOptions & { readonly recheck?: boolean },
  context: CommandContext,
): Promise<ExitStatus> {
  if (name === undefined || repository !== undefined || system !== undefined) {
    throw new HoldfastError('usage', {
      what: '--by-tool goes with --cluster alone.',
      why: 'The tool runs on a host of a saved cluster, as its connection says.',
      unchanged: 'Nothing was begun.',
      next: 'Name the cluster, and leave --repository and --system out.',
    })
  }
  const { output } = context
  return withDesk(context, async (client) => {
    const cluster = await findCluster(name, client)
    await openVault(client, passphraseFile ?? null, context)
    const { jobId } = await client.verify.start({
      clusterId: cluster.id,
      selection: selection.kind === 'named' ? { kind: 'some', backupIds: [...selection.ids] } : selection,
      level,
      recheck: recheck ?? false,
      byTool: true,
    })
    const job = await followJob(jobId, client, context, 'cancel')
    const { state, outcome, result, failure } = job
    output.document({ cluster: cluster.name, system: cluster.system, state, outcome, result, failure })
    tellEnd(job, output)
    if (result?.kind === 'verify') {
      for (const line of [...(result.tool?.lines ?? []), result.tool?.next ?? null]) {
        if (line !== null) output.line(line)
      }
      for (const { backupId, code, message } of result.notGood) {
        output.line(`${backupId}  ${code}: ${message}`)
      }
    }
    return statusOfJob(job)
  })
}
