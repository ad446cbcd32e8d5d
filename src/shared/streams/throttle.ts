/** Calls `fire` at once, then at most once in `everyMs`; the last call is never lost. */
export interface Throttle {
  call(): void
  /** Fires now what is held back, if anything is. */
  flush(): void
  /** Drops what is held back. */
  stop(): void
}

export function createThrottle(
  everyMs: number,
  fire: () => void,
  clock: { now(): number; wait(ms: number, signal: AbortSignal): Promise<void> },
): Throttle {
  let lastAt = Number.NEGATIVE_INFINITY
  let held: AbortController | null = null

  function fireNow(): void {
    held = null
    lastAt = clock.now()
    fire()
  }
  function stop(): void {
    held?.abort()
    held = null
  }

  return {
    call() {
      if (held !== null) return
      const leftMs = lastAt + everyMs - clock.now()
      // More than the whole time is left where the clock was set back.
      if (leftMs <= 0 || leftMs > everyMs) return fireNow()
      held = new AbortController()
      clock.wait(leftMs, held.signal).then(fireNow, () => undefined)
    },
    flush() {
      if (held === null) return
      stop()
      fireNow()
    },
    stop,
  }
}
