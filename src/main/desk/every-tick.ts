import type { Clock } from '../ports/clock.ts'

const tickMs = 20_000

/** A console that slept longer than this has missed a time; it does not make up for it. */
export const lateByMs = 10 * 60_000

/** Does the work every so often until the signal ends it: what became due after `sinceMs`, up to `nowMs`. */
export async function everyTick(
  clock: Pick<Clock, 'now' | 'wait'>,
  signal: AbortSignal,
  work: (sinceMs: number, nowMs: number) => Promise<void>,
): Promise<void> {
  let fromMs = clock.now()
  while (!signal.aborted) {
    try {
      await clock.wait(tickMs, signal)
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    const nowMs = clock.now()
    const sinceMs = Math.max(fromMs, nowMs - lateByMs)
    // A clock that was set back lets nothing fire twice.
    fromMs = Math.max(fromMs, nowMs)
    await work(sinceMs, nowMs)
  }
}
