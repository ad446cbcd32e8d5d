import type { Runbook } from '../../../ports/runbook.ts'
import { ch4 } from './ch-4.ts'

/** In the order in which they are listed. */
export const changoRunbooks: readonly Runbook[] = [ch4]
