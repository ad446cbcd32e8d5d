import type { Runbook } from '../../../ports/runbook.ts'
import { ch1 } from './ch-1.ts'
import { ch2 } from './ch-2.ts'
import { ch3 } from './ch-3.ts'
import { ch4 } from './ch-4.ts'
import { ch5 } from './ch-5.ts'
import { ch6 } from './ch-6.ts'
import { ch7 } from './ch-7.ts'
import { x5 } from './x-5.ts'

/** In the order in which they are listed. */
export const changoRunbooks: readonly Runbook[] = [ch1, ch2, ch3, ch4, ch5, ch6, ch7, x5]
