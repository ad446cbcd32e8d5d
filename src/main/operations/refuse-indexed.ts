import { HoldfastError } from '../../shared/domain/error.ts'
import type { BackupSystem } from '../ports/backup-system.ts'

/** Throws where a backup is more than its objects: adding or removing them here would leave the system's own list wrong. */
export function refuseIndexed({ name, keepsIndex }: BackupSystem, work: 'copied' | 'deleted'): void {
  if (keepsIndex === undefined) return
  throw new HoldfastError('usage', {
    what: `Nothing of a ${name} repository is ${work} by Holdfast.`,
    why: keepsIndex,
    unchanged: 'Nothing was changed.',
    next:
      work === 'copied'
        ? 'Give pgBackRest a second repository (repo2), or copy the whole bucket with the tools of its store.'
        : 'Let pgbackrest expire remove labels, and kindling’s retention remove volumes.',
  })
}
