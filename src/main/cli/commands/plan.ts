import { commandLine, withNames } from '../../../shared/domain/command-line.ts'
import type { RestorePlan } from '../../../shared/domain/restore-plan.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import type { Output } from '../output.ts'
import type { OpenRepository } from '../../operations/open-repository.ts'
import { planBackup, type BackupPlan } from '../../operations/plan-backup.ts'
import type { InventoryBackup } from '../../ports/backup-system.ts'
import type { RestoreTarget } from '../../ports/restore-target.ts'
import { createProgressLine } from '../progress-line.ts'
import { findBackup } from '../../operations/find-backup.ts'
import type { PlaceOptions, TargetFlags } from '../options.ts'
import { withSession } from '../session.ts'
import { openTarget } from '../target.ts'
import { bytesInWords, count } from '../words.ts'

/** Shows what a restore would do, step by step, and the hash that `restore --plan` takes. Changes nothing. */
export async function plan(
  id: string,
  options: PlaceOptions & TargetFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  return withSession('restore', options, context, async (session) => {
    const { output } = context
    const backup = findBackup(id, session)
    const target = await openTarget(options, session.address, context)
    try {
      const planned = await planWithProgress(backup, target, session, context)
      output.document({
        planHash: planned.hash,
        plan: planned.plan,
        restoreWarning: planned.system.restoreWarning ?? null,
        unfinished: planned.state.unfinished,
      })
      if (planned.state.unfinished !== null) {
        const { job, startedAt, willBe } = planned.state.unfinished
        output.line(
          `An earlier ${job} of ${startedAt} was cut short there; the next run first brings it to its end (${willBe}).`,
        )
      }
      if (planned.system.restoreWarning !== undefined) output.line(planned.system.restoreWarning)
      printPlan(planned.plan, output)
      output.line()
      output.line(`Plan ${output.style('bold', planned.hash)}`)
      // Whoever writes the bucket has named both.
      const named = withNames([backup.backupId], ['--confirm', planned.plan.confirm, '--plan', planned.hash])
      output.line(`Run it with: holdfast restore … ${commandLine(named)}`)
      return exitStatus.ok
    } finally {
      await target.close()
    }
  })
}

/** Plans with a line of progress while the backup is read. */
export async function planWithProgress(
  backup: InventoryBackup,
  target: RestoreTarget,
  session: OpenRepository,
  { ports, signal }: CommandContext,
): Promise<BackupPlan> {
  const progress = createProgressLine(ports.stderr, ports.clock)
  return planBackup(backup, target, session, {
    clock: ports.clock,
    signal,
    onProgress: progress.listener,
  }).finally(() => progress.end())
}

export function printPlan(plan: RestorePlan, output: Output): void {
  output.line(
    `Restore of ${plan.system} backup ${output.style('bold', plan.backupId)} (${plan.createdAt ?? 'time unknown'}) into ${plan.targetDir}`,
  )
  const objectBytes = plan.objects.reduce((sum, { version }) => sum + version.sizeBytes, 0)
  output.line(`  reads     ${count(plan.objects.length, 'object')}, ${bytesInWords(objectBytes)}`)
  for (const { name, kind, files, sizeBytes } of plan.items) {
    output.line(
      `  writes    ${name} (${kind === 'file' ? 'file' : count(files, 'file')}, ${bytesInWords(sizeBytes)})`,
    )
  }
  for (const { name } of plan.generated) output.line(`  writes    ${name} (about this restore)`)
  for (const { name } of plan.replaces)
    output.line(`  replaces  ${name}, which is kept as ${name}.before-restore-<time>`)
  output.line(`  needs     ${bytesInWords(plan.spaceBytes)} free`)
  plan.steps.forEach(({ does, undo }, index) => {
    output.line(`  ${index + 1}. ${does}`)
    output.line(`     Undo: ${undo}`)
  })
}
