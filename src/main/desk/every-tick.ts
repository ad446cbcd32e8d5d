import type { Clock } from '../ports/clock.ts'

const tickMs = 20_000

/** Does the work every so often, with the time since the last one, until the signal ends it. */
export async function everyTick(
  clock: Pick<Clock, 'now' | 'wait'>,
  signal: AbortSignal,
  work: (fromMs: number, nowMs: number) => Promise<void>,
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
    const sinceMs = fromMs
    // A clock that was set back lets nothing fire twice.
    fromMs = Math.max(fromMs, nowMs)
    await work(sinceMs, nowMs)
  }
}
