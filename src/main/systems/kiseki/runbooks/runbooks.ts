import type { Runbook } from '../../../ports/runbook.ts'
import { ks1, ks2 } from './ks-1.ts'
import { ks3 } from './ks-3.ts'
import { ks4 } from './ks-4.ts'
import { ks5 } from './ks-5.ts'
import { ks6 } from './ks-6.ts'
import { ks7 } from './ks-7.ts'
import { ks8 } from './ks-8.ts'
import { ks9 } from './ks-9.ts'

/** In the order in which they are listed. */
export const kisekiRunbooks: readonly Runbook[] = [ks1, ks2, ks3, ks4, ks5, ks6, ks7, ks8, ks9]
