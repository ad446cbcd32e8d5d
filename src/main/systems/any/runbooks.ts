import type { Runbook } from '../../ports/runbook.ts'
import { unreachableBackups } from './x-1.ts'
import { damagedBackup } from './x-2.ts'
import { lostKey } from './x-3.ts'
import { rehearsal } from './x-6.ts'
import { scratchCluster } from './x-6b.ts'
import { gameDay } from './x-6c.ts'

/** Those that are the same whatever the cluster is. */
export const sharedRunbooks: readonly Runbook[] = [
  unreachableBackups,
  damagedBackup,
  lostKey,
  rehearsal,
  scratchCluster,
  gameDay,
]
