import { createHash } from 'node:crypto'
import { isHoldfastError } from '../../shared/domain/error.ts'
import type { DeskPorts } from './ports.ts'

export function targetId(dir: string): string {
  return createHash('sha256').update(dir, 'utf8').digest('hex').slice(0, 32)
}

/** Keeps a folder that was restored into for the next time; not being able to is no failure of the restore. */
export async function rememberTarget(
  {
    targetDir,
    clusterId,
    backupId,
  }: { readonly targetDir: string; readonly clusterId: string | null; readonly backupId: string | null },
  { state, clock, log }: DeskPorts,
): Promise<void> {
  const id = targetId(targetDir)
  const usedAt = new Date(clock.now()).toISOString()
  try {
    await state.targets.put({ id, dir: targetDir, usedAt, clusterId, backupId })
  } catch (error) {
    if (!isHoldfastError(error)) log.incident('target.notKept', error)
  }
}
