import { HoldfastError } from './error.ts'

export function cancelled(): HoldfastError {
  return new HoldfastError('cancelled', { what: 'Cancelled.' })
}

/** Throws `cancelled` where the signal has aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled()
}

/**
 * Waits for the promise, or throws `cancelled` as soon as the signal aborts. The work behind the promise goes on: the
 * caller stops or tidies it; its late failure is swallowed.
 */
export async function untilCancelled<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  promise.catch(() => undefined)
  throwIfCancelled(signal)
  let stop: (() => void) | undefined
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        stop = () => reject(cancelled())
        signal.addEventListener('abort', stop, { once: true })
      }),
    ])
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop)
  }
}
