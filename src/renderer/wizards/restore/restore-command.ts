import type { Plan } from '../../../shared/contract/restore.ts'
import { clusterCommand } from '../../../shared/domain/cluster-command.ts'
import { reasonFlags, type Reasoned } from '../../lib/reason-flags.ts'

/** The run of exactly this plan, as it would be typed. */
export function restoreCommand(
  { backupId, targetDir, confirm, hash }: Pick<Plan, 'backupId' | 'targetDir' | 'confirm' | 'hash'>,
  cluster: string,
  why: Reasoned,
): string {
  return clusterCommand('restore', cluster, {
    backups: [backupId],
    options: ['--target', targetDir, '--confirm', confirm, ...reasonFlags(why), '--plan', hash],
  })
}
