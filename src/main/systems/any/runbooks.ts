import type { Runbook } from '../../ports/runbook.ts'
import { unreachableBackups } from './x-1.ts'
import { damagedBackup } from './x-2.ts'
import { lostKey } from './x-3.ts'
import { rehearsal } from './x-6.ts'

/** Those that are the same whatever the cluster is. */
export const sharedRunbooks: readonly Runbook[] = [unreachableBackups, damagedBackup, lostKey, rehearsal]
