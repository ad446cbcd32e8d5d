import { cancelled, throwIfCancelled } from '../domain/cancelled.ts'

/** A number of places that are taken in the order in which they were asked for. */
export interface Slots {
  /** Rejects with `cancelled`, without a place, when the signal aborts first. */
  take(signal: AbortSignal): Promise<void>
  free(): void
}

export function createSlots(count: number): Slots {
  let freeCount = count
  const waiting: (() => void)[] = []
  return {
    async take(signal) {
      throwIfCancelled(signal)
      if (freeCount > 0) {
        freeCount -= 1
        return
      }
      await new Promise<void>((resolve, reject) => {
        const giveUp = (): void => {
          waiting.splice(waiting.indexOf(enter), 1)
          reject(cancelled())
        }
        const enter = (): void => {
          signal.removeEventListener('abort', giveUp)
          resolve()
        }
        signal.addEventListener('abort', giveUp, { once: true })
        waiting.push(enter)
      })
    },
    free() {
      const next = waiting.shift()
      if (next === undefined) freeCount += 1
      else next()
    },
  }
}
