import { untilCancelled } from '../domain/cancelled.ts'

/**
 * What `work` emits, in order, as a stream that ends with the work: an error of the work ends it, leaving the loop aborts
 * the work and waits for its end. An event with the `key` of one that waits to be taken takes its place, so a slow
 * listener costs no memory.
 */
export async function* emitted<T>(
  work: (emit: (event: T) => void, signal: AbortSignal) => Promise<void>,
  {
    signal,
    key = () => null,
  }: { readonly signal?: AbortSignal | undefined; readonly key?: (event: T) => string | null },
): AsyncGenerator<T, void, undefined> {
  const leave = new AbortController()
  const stop = signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal])
  const waiting: T[] = []
  let wake: (() => void) | null = null
  let end: { readonly error: unknown } | 'done' | null = null
  const emit = (event: T): void => {
    const name = key(event)
    const place = name === null ? -1 : waiting.findIndex((each) => key(each) === name)
    if (place === -1) waiting.push(event)
    else waiting[place] = event
    wake?.()
  }
  const ended = work(emit, stop).then(
    () => {
      end = 'done'
      wake?.()
    },
    (error: unknown) => {
      end = { error }
      wake?.()
    },
  )
  try {
    for (;;) {
      const event = waiting.shift()
      if (event !== undefined) {
        yield event
        continue
      }
      const last = endOf()
      if (last === 'done') return
      if (last !== null) throw last.error
      await untilCancelled(
        new Promise<void>((resolve) => {
          wake = resolve
        }),
        stop,
      )
    }
  } finally {
    leave.abort()
    await ended
  }

  /** Read through a call: it changes while the loop waits. */
  function endOf(): typeof end {
    return end
  }
}
