import { resolve } from 'node:path'
import type { CommandContext } from '../context.ts'
import type { ExitStatus } from '../exit-status.ts'
import { followJob, statusOfJob, tellEnd } from '../follow-job.ts'
import { printPhases } from '../drill-report.ts'
import { findCluster, openVault, withDesk } from '../with-desk.ts'

/** A drill as a job of this installation's desk, with the keys and the access that are saved. */
export async function drillSaved(
  backupId: string,
  {
    cluster: name,
    scratch,
    host,
    confirm,
    passphraseFile,
  }: {
    readonly cluster: string
    readonly scratch: string | null
    readonly host: string | null
    readonly confirm: string | null
    readonly passphraseFile: string | null
  },
  context: CommandContext,
): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const cluster = await findCluster(name, client)
    await openVault(client, passphraseFile, context)
    const { jobId } = await client.drills.start({
      clusterId: cluster.id,
      backupId,
      ...(scratch !== null && { folder: resolve(scratch) }),
      ...(host !== null && { host }),
      ...(confirm !== null && { confirm }),
    })
    const job = await followJob(jobId, client, context, 'cancel')
    const { state, outcome, result, failure } = job
    output.document({ cluster: cluster.name, system: cluster.system, state, outcome, result, failure })
    tellEnd(job, output)
    if (result?.kind === 'drill') {
      for (const sentence of result.seen) output.line(sentence)
      printPhases(result.phases, result.notMeasured, output)
    }
    return statusOfJob(job)
  })
}
