import { cancelled, throwIfCancelled } from '../domain/cancelled.ts'

export interface WeightedSlots {
  /**
   * Resolves once `weight` places are free, in the order in which it was asked for; more than there are counts as all of them.
   * Rejects with `cancelled`, without a place, when the signal aborts first.
   */
  take(weight: number, signal: AbortSignal): Promise<{ free(): void }>
}

/** All places of one taker are taken at once, so that two of them can never wait for each other. */
export function createWeightedSlots(count: number): WeightedSlots {
  let freeCount = count
  const waiting: { readonly weight: number; readonly enter: () => void }[] = []

  function admit(): void {
    for (let next = waiting[0]; next !== undefined && next.weight <= freeCount; next = waiting[0]) {
      waiting.shift()
      freeCount -= next.weight
      next.enter()
    }
  }

  return {
    async take(asked, signal) {
      throwIfCancelled(signal)
      const weight = Math.min(Math.max(1, asked), count)
      await new Promise<void>((resolve, reject) => {
        const one = {
          weight,
          enter: () => {
            signal.removeEventListener('abort', giveUp)
            resolve()
          },
        }
        const giveUp = (): void => {
          waiting.splice(waiting.indexOf(one), 1)
          reject(cancelled())
          admit()
        }
        signal.addEventListener('abort', giveUp, { once: true })
        waiting.push(one)
        admit()
      })
      let isFreed = false
      return {
        free() {
          if (isFreed) return
          isFreed = true
          freeCount += weight
          admit()
        },
      }
    },
  }
}
