/** What an attempt came to; one that throws ends them all. */
export type Attempted<R, F> = { readonly reply: R } | { readonly passedOver: F }

/**
 * Makes attempts one after another until one has a reply, else gives the first thing for which one was passed over. Where
 * `patienceMs` is not null, one that has said nothing for so long is waited for no longer alone: the next is made beside it, and
 * whichever answers first counts. The others are ended then.
 */
export async function askInTurn<R, F>(
  attempts: readonly ((ends: AbortSignal) => Promise<Attempted<R, F>>)[],
  patienceMs: number | null,
): Promise<Attempted<R, F | null>> {
  const ends = new AbortController()
  const running = new Map<number, Promise<{ readonly place: number; readonly settled: Settled<R, F> }>>()
  let passedOver: F | null = null
  let next = 0
  const begin = (): void => {
    const place = next
    const attempt = attempts[place]
    if (attempt === undefined) return
    next += 1
    const settled = attempt(ends.signal).then(
      (outcome) => ({ outcome }),
      (error: unknown) => ({ error }),
    )
    running.set(
      place,
      settled.then((one) => ({ place, settled: one })),
    )
  }
  try {
    begin()
    while (running.size > 0) {
      const silence =
        patienceMs === null || next === attempts.length ? [] : [afterSilence(patienceMs, ends.signal)]
      const first = await Promise.race([...running.values(), ...silence])
      if (first === 'silent') {
        begin()
        continue
      }
      running.delete(first.place)
      if ('error' in first.settled) throw first.settled.error
      const { outcome } = first.settled
      if ('reply' in outcome) return outcome
      passedOver ??= outcome.passedOver
      if (running.size === 0) begin()
    }
    return { passedOver }
  } finally {
    ends.abort()
  }
}

type Settled<R, F> = { readonly outcome: Attempted<R, F> } | { readonly error: unknown }

async function afterSilence(ms: number, ends: AbortSignal): Promise<'silent'> {
  const over = AbortSignal.any([AbortSignal.timeout(ms), ends])
  return new Promise((resolve) => over.addEventListener('abort', () => resolve('silent'), { once: true }))
}
