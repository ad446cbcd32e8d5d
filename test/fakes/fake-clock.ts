import { cancelled } from '../../src/shared/domain/cancelled.ts'
import type { Clock } from '../../src/main/ports/clock.ts'

export interface FakeClock extends Clock {
  /** How many waits are under way. */
  readonly waiting: number
  /** Lets a promise come to its end; whenever everything waits, the time jumps to the end of the shortest wait. */
  run<T>(promise: Promise<T>): Promise<T>
}

/** Time that stands still until everything that runs waits for it. */
export function fakeClock(startMs: number = Date.UTC(2026, 10, 20, 2)): FakeClock {
  let now = startMs
  let waits: { readonly until: number; readonly done: () => void }[] = []

  function wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(cancelled())
      const one = { until: now + Math.max(0, ms), done }
      function done(): void {
        waits = waits.filter((other) => other !== one)
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      function stop(): void {
        waits = waits.filter((other) => other !== one)
        reject(cancelled())
      }
      waits.push(one)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }

  async function run<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const end = promise.finally(() => {
      settled = true
    })
    end.catch(() => undefined)
    for (;;) {
      // A turn of the event loop: all that can go on without time has gone on.
      await new Promise((resolve) => setImmediate(resolve))
      if (settled) return end
      const next = waits.reduce<(typeof waits)[number] | null>(
        (first, one) => (first === null || one.until < first.until ? one : first),
        null,
      )
      if (next === null) throw new Error('nothing waits for the time, and nothing ends: it hangs')
      now = Math.max(now, next.until)
      next.done()
    }
  }

  return {
    now: () => now,
    wait,
    run,
    get waiting() {
      return waits.length
    },
  }
}
