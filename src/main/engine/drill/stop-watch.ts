import type { Clock } from '../../ports/clock.ts'

/** Adds up the times of several things that take turns; one runs at a time. */
export interface StopWatch<N extends string> {
  /** From now on the time counts for this one. */
  turnTo(name: N): void
  stop(): void
  tookMs(name: N): number
  /** The same pieces; the time in which they are waited for counts for `name`, and afterwards for the one before. */
  waitingFor<T>(name: N, pieces: AsyncIterable<T>): AsyncGenerator<T, void, undefined>
}

export function createStopWatch<N extends string>({ now }: Pick<Clock, 'now'>): StopWatch<N> {
  const sums = new Map<N, number>()
  let running: { readonly name: N; readonly sinceMs: number } | null = null

  function turnTo(name: N | null): void {
    const atMs = now()
    // A clock that was set back has measured nothing.
    if (running !== null) {
      sums.set(running.name, (sums.get(running.name) ?? 0) + Math.max(0, atMs - running.sinceMs))
    }
    running = name === null ? null : { name, sinceMs: atMs }
  }

  return {
    turnTo,
    stop: () => turnTo(null),
    tookMs: (name) => sums.get(name) ?? 0,
    async *waitingFor(name, pieces) {
      const before = running?.name ?? null
      turnTo(name)
      try {
        for await (const piece of pieces) {
          turnTo(before)
          yield piece
          turnTo(name)
        }
      } finally {
        turnTo(before)
      }
    },
  }
}
