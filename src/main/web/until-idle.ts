import type { Clock } from '../ports/clock.ts'

export interface Idle {
  /** Something was asked. */
  seen(): void
  /** Something began; call what it gives when that is over. */
  begin(): () => void
  /** `idle` once nothing was asked or open for the time; `closed` when the signal aborts. */
  readonly ended: Promise<'idle' | 'closed'>
}

/** Tells when a window has not been used for `idleMs` (null: never) while nothing works. */
export function untilIdle({
  idleMs,
  isWorking,
  clock,
  signal,
}: {
  readonly idleMs: number | null
  readonly isWorking: () => boolean
  readonly clock: Clock
  readonly signal: AbortSignal
}): Idle {
  let lastSeen = clock.now()
  let open = 0
  const seen = (): void => {
    lastSeen = clock.now()
  }

  async function watch(): Promise<'idle' | 'closed'> {
    if (idleMs === null) {
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        else signal.addEventListener('abort', () => resolve(), { once: true })
      })
      return 'closed'
    }
    try {
      for (;;) {
        if (open > 0 || isWorking()) seen()
        const leftMs = lastSeen + idleMs - clock.now()
        if (leftMs <= 0) return 'idle'
        await clock.wait(leftMs, signal)
      }
    } catch {
      return 'closed'
    }
  }

  return {
    seen,
    begin() {
      open += 1
      return () => {
        open -= 1
        seen()
      }
    },
    ended: watch(),
  }
}
