import { HoldfastError } from '../domain/error.ts'

export function cancelled(): HoldfastError {
  return new HoldfastError('cancelled', { what: 'The work was cancelled.' })
}

/** Rejects with `cancelled` as soon as the signal aborts; the work itself is left to end on its own. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined)
    throw cancelled()
  }
  let stop = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(cancelled())
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
