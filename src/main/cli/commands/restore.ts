import { commandLine } from '../../../shared/domain/command-line.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { revealed } from '../../../shared/domain/printable.ts'
import { rollbackRestore } from '../../engine/restore/rollback-restore.ts'
import type { RestoreResult } from '../../engine/restore/run-restore.ts'
import { runPlan } from '../../operations/run-plan.ts'
import type { RestoreTarget } from '../../ports/restore-target.ts'
import type { OpenRepository } from '../../operations/open-repository.ts'
import { checkMode } from '../../desk/confirm.ts'
import { auditedChange } from '../audited.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import type { BackupPlan } from '../../operations/plan-backup.ts'
import { createProgressLine } from '../progress-line.ts'
import { findBackup } from '../../operations/find-backup.ts'
import type { PlaceOptions, RestoreFlags } from '../options.ts'
import { withSession } from '../session.ts'
import { openTarget } from '../target.ts'
import { findCluster, withDesk } from '../with-desk.ts'
import { bytesInWords, count } from '../words.ts'
import { planWithProgress, printPlan } from './plan.ts'

/** Restores a backup exactly as planned, or goes back to what stood before the last restore. */
export async function restore(
  id: string | null,
  options: PlaceOptions & RestoreFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  if (options.rollback === true) return rollBack(id, options, context)
  if (id === null) {
    throw new HoldfastError('usage', {
      what: 'A restore needs a backup.',
      unchanged: 'Nothing was changed.',
      next: 'To go back to what stood before the last restore, give --rollback and --target alone.',
    })
  }
  const saved = options.cluster === undefined ? null : await changeable(options.cluster, options, context)
  return withSession('restore', options, context, async (session) => {
    const backup = findBackup(id, session)
    const target = await openTarget(options, session.address, context)
    try {
      const planned = await planWithProgress(backup, target, session, context)
      checkConfirmed(planned, saved, options)
      if (!context.output.json) printPlan(planned.plan, context.output)
      return await run(planned, target, { session, reason: options.reason ?? null }, context)
    } finally {
      await target.close()
    }
  })
}

/** The name of a saved cluster. Throws where it is read-only here, or is protected and no reason is given. */
async function changeable(
  nameOrId: string,
  { reason }: RestoreFlags,
  context: CommandContext,
): Promise<string> {
  return withDesk(context, async (client) => {
    const cluster = await findCluster(nameOrId, client)
    checkMode(cluster, reason ?? null)
    return cluster.name
  })
}

/**
 * Compared by code points, so that a name that only looks like the right one does not pass. `saved`: of the saved cluster, which
 * may be called otherwise in the manifest.
 */
function checkConfirmed({ plan, hash }: BackupPlan, saved: string | null, options: RestoreFlags): void {
  if (options.plan !== undefined && options.plan !== hash) {
    throw new HoldfastError('plan.changed', {
      what: `The plan is now ${hash}, not the one that was confirmed.`,
      why: 'The backup, the target or what is known of them changed since then.',
      unchanged: 'Nothing was changed.',
      next: 'Look at the plan again with "holdfast plan".',
    })
  }
  if (options.confirm === plan.confirm || (saved !== null && options.confirm === saved)) return
  const expected = revealed(plan.confirm)
  const disguise = expected === plan.confirm ? '' : ` It has letters that only look like others: ${expected}`
  throw new HoldfastError('usage', {
    what:
      options.confirm === undefined
        ? 'A restore has to be confirmed.'
        : `The name that was typed to confirm (${revealed(options.confirm)}) is not the right one.`,
    why: `It replaces what stands in ${plan.targetDir}.`,
    unchanged: 'Nothing was changed.',
    next: `Type ${plan.cluster === null ? "the last part of the target's path" : "the cluster's name"}: --confirm ${plan.confirm}${disguise}`,
  })
}

async function run(
  planned: BackupPlan,
  target: RestoreTarget,
  { session, reason }: { readonly session: OpenRepository; readonly reason: string | null },
  context: CommandContext,
): Promise<ExitStatus> {
  const { ports, output, signal } = context
  const { plan, hash, verified } = planned
  const facts = [
    { name: 'repository', value: plan.repository },
    { name: 'backup', value: plan.backupId },
    { name: 'target', value: plan.targetDir },
    { name: 'plan', value: hash },
    { name: 'verdict', value: verified.verdict },
    { name: 'keys', value: session.keyFingerprints.join(' ') },
  ]
  const work = async (): Promise<RestoreResult> => {
    const progress = createProgressLine(ports.stderr, ports.clock)
    return runPlan(planned, target, {
      clock: ports.clock,
      random: ports.random,
      onProgress: ({ phase, bytesDone, bytesTotal }) =>
        progress.listener({ phase, doneBytes: bytesDone, totalBytes: bytesTotal }),
      signal,
    }).finally(() => progress.end())
  }
  const result = await auditedChange(
    'restore',
    { subject: plan.cluster ?? plan.targetDir, facts, reason },
    work,
    context,
  )
  output.document({
    restored: true,
    planHash: hash,
    backupId: plan.backupId,
    verdict: verified.verdict,
    target: plan.targetDir,
    finishedAt: result.finishedAt,
    items: [...result.items].map(([name, facts]) => ({ name, ...facts })),
    movedAside: result.movedAside,
    recovered: result.recovered,
  })
  printResult(result, planned, target, context)
  return exitStatus.ok
}

function printResult(
  result: RestoreResult,
  { plan, system }: BackupPlan,
  target: RestoreTarget,
  { output }: CommandContext,
): void {
  const sizeBytes = [...result.items.values()].reduce((sum, item) => sum + item.sizeBytes, 0)
  if (result.recovered !== null) {
    output.line(
      `First, an earlier ${result.recovered.job} that had been cut short was ${result.recovered.outcome === 'done' ? 'finished' : 'undone'}.`,
    )
  }
  output.line()
  output.line(
    `${output.style('green', '✔ restored')}  ${count(result.items.size, 'item')}, ${bytesInWords(sizeBytes)}, in ${target.dir}; every byte was read back in its place.`,
  )
  for (const { name, to } of result.movedAside) output.line(`  what stood as ${name} is now ${to}`)
  if (system.restoreWarning !== undefined) output.line(`  ${system.restoreWarning}`)
  output.line(`  to go back: holdfast restore --rollback --target ${commandLine([plan.targetDir])}`)
}

async function rollBack(
  id: string | null,
  options: RestoreFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { ports, output, signal } = context
  if (id !== null) {
    throw new HoldfastError('usage', {
      what: 'A rollback takes no backup: it goes back to what stood before the last restore.',
      unchanged: 'Nothing was changed.',
      next: 'Give --rollback and --target alone.',
    })
  }
  const target = await openTarget(options, null, context)
  try {
    const result = await auditedChange(
      'rollback',
      { subject: target.dir, facts: [{ name: 'target', value: target.dir }] },
      async () => rollbackRestore({ target, clock: ports.clock, random: ports.random, signal }),
      context,
    )
    output.document({ rolledBack: true, target: target.dir, ...result })
    output.line(
      `${output.style('green', '✔ rolled back')}  the restore of ${result.backupId} in ${target.dir}`,
    )
    for (const name of result.returned) output.line(`  ${name} is back as it stood before`)
    for (const { name, to } of result.movedAside) output.line(`  what stood as ${name} is now ${to}`)
    return exitStatus.ok
  } finally {
    await target.close()
  }
}
