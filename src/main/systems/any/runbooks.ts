import type { Runbook } from '../../ports/runbook.ts'
import { damagedBackup } from './x-2.ts'
import { rehearsal } from './x-6.ts'

/** Those that are the same whatever the cluster is. */
export const sharedRunbooks: readonly Runbook[] = [damagedBackup, rehearsal]
