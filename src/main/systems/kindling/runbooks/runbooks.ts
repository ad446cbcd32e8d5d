import type { Runbook } from '../../../ports/runbook.ts'

/** In the order in which they are listed. */
export const kindlingRunbooks: readonly Runbook[] = []
