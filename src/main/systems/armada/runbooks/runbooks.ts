import type { Runbook } from '../../../ports/runbook.ts'

/** In the order in which they are listed. */
export const armadaRunbooks: readonly Runbook[] = []
