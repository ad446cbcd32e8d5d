import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import type { Clock } from '../../ports/clock.ts'
import type { RestoreTarget } from '../../ports/restore-target.ts'
import { hasFolderPaths } from './folder.ts'
import { LocalTarget } from './local-target.ts'
import { systemProcesses, type Processes } from './processes.ts'
import { openPlace } from './refuse-place.ts'
import { asTargetError } from '../target-rules/target-error.ts'

export interface LocalTargetOptions {
  /** The folder that the backup is read from, where it lies on this machine: neither may lie in the other. */
  readonly repositoryFolder: string | null
  readonly clock: Pick<Clock, 'now'>
  /** What is never a target itself; left out: the home of this account. */
  readonly homes?: readonly string[]
  readonly processes?: Processes
  /** False: do without /proc/self/fd, as on systems that lack it. */
  readonly byDescriptor?: boolean
}

/**
 * Opens a folder on this machine as a restore target. The folder may be missing, its parent may not. Throws
 * `target.refused` where no restore may ever write.
 */
export async function openLocalTarget(dir: string, options: LocalTargetOptions): Promise<RestoreTarget> {
  try {
    const place = await openPlace(dir, {
      homes: options.homes ?? [homedir()],
      repositoryFolder: options.repositoryFolder,
      byDescriptor: options.byDescriptor ?? hasFolderPaths,
    })
    return new LocalTarget(place, {
      processes: options.processes ?? systemProcesses,
      now: () => options.clock.now(),
      uniqueId: () => randomUUID().replaceAll('-', ''),
    })
  } catch (error) {
    throw asTargetError(error, dir)
  }
}
