import type { Runbook } from '../../../ports/runbook.ts'
import { ki1 } from './ki-1.ts'
import { ki2 } from './ki-2.ts'
import { ki3 } from './ki-3.ts'
import { ki4, ki5 } from './ki-4.ts'
import { ki6 } from './ki-6.ts'

/** In the order in which they are listed. */
export const kiokRunbooks: readonly Runbook[] = [ki1, ki2, ki3, ki4, ki5, ki6]
