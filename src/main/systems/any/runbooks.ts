import type { Runbook } from '../../ports/runbook.ts'

/** Those that are the same whatever the cluster is. */
export const sharedRunbooks: readonly Runbook[] = []
