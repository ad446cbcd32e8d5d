/** Hands values to whoever listens at the time. What is published while nobody listens is gone. */
export interface Broadcast<T> {
  publish(value: T): void
  /**
   * Listens from this call on, not from the first value asked for: what is published in between is not missed. Ends when
   * the signal aborts or the listener leaves; what was pending is dropped then. A listener without a signal has to leave.
   */
  subscribe(signal?: AbortSignal): AsyncIterableIterator<T>
}

/**
 * Values with the same `key` stand for each other: a listener that is slow gets the newest of them, once, in the place of
 * the first. It therefore never holds more than there are keys.
 */
export function createBroadcast<T>({ key }: { readonly key: (value: T) => string }): Broadcast<T> {
  const listeners = new Set<(value: T) => void>()

  function subscribe(signal?: AbortSignal): AsyncIterableIterator<T> {
    const pending = new Map<string, T>()
    let waiting: ((next: IteratorResult<T, undefined>) => void)[] = []
    let ended = false

    function listen(value: T): void {
      const hand = waiting.shift()
      if (hand === undefined) pending.set(key(value), value)
      else hand({ done: false, value })
    }
    function end(): void {
      ended = true
      listeners.delete(listen)
      signal?.removeEventListener('abort', end)
      pending.clear()
      for (const hand of waiting) hand({ done: true, value: undefined })
      waiting = []
    }
    if (signal?.aborted === true) {
      ended = true
    } else {
      listeners.add(listen)
      signal?.addEventListener('abort', end, { once: true })
    }

    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next() {
        for (const [name, value] of pending) {
          pending.delete(name)
          return Promise.resolve({ done: false, value })
        }
        if (ended) return Promise.resolve({ done: true, value: undefined })
        return new Promise((resolve) => waiting.push(resolve))
      },
      return() {
        end()
        return Promise.resolve({ done: true, value: undefined })
      },
    }
  }

  return {
    publish(value) {
      for (const listen of listeners) listen(value)
    },
    subscribe,
  }
}
