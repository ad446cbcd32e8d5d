import { setTimeout } from 'node:timers/promises'
import { cancelled } from '../../../shared/domain/cancelled.ts'
import type { Clock } from '../../ports/clock.ts'

/** Longer waits overflow a Node timer, which then fires at once. */
const longestTimerMs = 2 ** 31 - 1

/** The computer's own time. A wait keeps the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async wait(ms, signal) {
    if (signal?.aborted === true) throw cancelled()
    for (let leftMs = ms; leftMs > 0; leftMs -= longestTimerMs) {
      await setTimeout(Math.min(leftMs, longestTimerMs), undefined, { signal }).catch(() => {
        throw cancelled()
      })
    }
  },
}
