import { useSyncExternalStore } from 'react'

/** The time, moving in steps of a second or of ten: one timer for all that show it, none while nobody does. */
export function useNow(stepMs: 1_000 | 10_000 = 10_000): number {
  const clock = stepMs === 1_000 ? seconds : tens
  return useSyncExternalStore(clock.subscribe, clock.now)
}

function ticking(stepMs: number) {
  const listeners = new Set<() => void>()
  let nowMs = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined
  const tick = (): void => {
    nowMs = Date.now()
    for (const listener of listeners) listener()
  }
  return {
    now: () => nowMs,
    subscribe: (listener: () => void): (() => void) => {
      if (listeners.size === 0) {
        nowMs = Date.now()
        timer = setInterval(tick, stepMs)
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
  }
}

const seconds = ticking(1_000)
const tens = ticking(10_000)
