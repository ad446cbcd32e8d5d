import type { Runbook } from '../../../ports/runbook.ts'
import { ki3 } from './ki-3.ts'

/** In the order in which they are listed. */
export const kiokRunbooks: readonly Runbook[] = [ki3]
