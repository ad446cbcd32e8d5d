import type { JobEvent } from '../../shared/contract/jobs.ts'
import type { Clock } from '../ports/clock.ts'
import { createThrottle } from '../../shared/streams/throttle.ts'
import { createTransferRate, leftMs, rateWindowMs } from './transfer-rate.ts'

export type ProgressEvent = Extract<JobEvent['event'], { readonly type: 'progress' }>

/** Makes of reports as often as the work likes at most ten events a second, with rate and time left. */
export interface ProgressMeter {
  report(doneBytes: number, totalBytes: number | null): void
  /** The speed of another phase says nothing about this one. */
  beginPhase(): void
  /** Hands out the newest report if it was held back, and is silent from then on. */
  end(): void
}

export function createProgressMeter(emit: (event: ProgressEvent) => void, clock: Clock): ProgressMeter {
  let rate = createTransferRate()
  let doneBytes = 0
  let totalBytes: number | null = null
  let hasEnded = false
  let silence = new AbortController()

  const throttle = createThrottle(
    100,
    () => {
      const now = clock.now()
      rate.add(now, doneBytes)
      const bytesPerSecond = rate.bytesPerSecond(now)
      const left = leftMs(doneBytes, totalBytes, bytesPerSecond)
      emit({ type: 'progress', doneBytes, totalBytes, bytesPerSecond, leftMs: left })
      if (!hasEnded) watchForSilence(bytesPerSecond)
    },
    clock,
  )

  /** A rate that stays on the screen while nothing moves any more would be a lie. */
  function watchForSilence(bytesPerSecond: number | null): void {
    silence.abort()
    silence = new AbortController()
    if (bytesPerSecond === 0) return
    clock.wait(rateWindowMs, silence.signal).then(
      () => throttle.call(),
      () => undefined,
    )
  }

  return {
    report(done, total) {
      if (hasEnded) return
      doneBytes = done
      totalBytes = total
      throttle.call()
    },
    beginPhase() {
      rate = createTransferRate()
    },
    end() {
      hasEnded = true
      silence.abort()
      throttle.flush()
    },
  }
}
