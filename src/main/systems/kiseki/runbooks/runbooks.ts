import type { Runbook } from '../../../ports/runbook.ts'
import { ks1, ks2 } from './ks-1.ts'
import { ks3 } from './ks-3.ts'

/** In the order in which they are listed. */
export const kisekiRunbooks: readonly Runbook[] = [ks1, ks2, ks3]
