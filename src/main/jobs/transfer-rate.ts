/** Speed of the last ten seconds; before a second has passed, and after the count began anew, it cannot be said. */
export interface TransferRate {
  add(atMs: number, doneBytes: number): void
  bytesPerSecond(nowMs: number): number | null
}

export const rateWindowMs = 10_000
const leastMs = 1_000

export function createTransferRate(): TransferRate {
  /** Oldest first; at most one is older than the window, so that all of the window is covered. */
  let samples: { readonly atMs: number; readonly doneBytes: number }[] = []

  function forget(nowMs: number): void {
    const inside = samples.findIndex(({ atMs }) => atMs > nowMs - rateWindowMs)
    samples = samples.slice(Math.max(0, (inside < 0 ? samples.length : inside) - 1))
  }

  return {
    add(atMs, doneBytes) {
      const last = samples.at(-1)
      if (last !== undefined && (doneBytes < last.doneBytes || atMs < last.atMs)) samples = []
      samples.push({ atMs, doneBytes })
      forget(atMs)
    },
    bytesPerSecond(nowMs) {
      forget(nowMs)
      const [first] = samples
      const last = samples.at(-1)
      if (first === undefined || last === undefined || nowMs - first.atMs < leastMs) return null
      return ((last.doneBytes - first.doneBytes) / (nowMs - first.atMs)) * 1000
    },
  }
}

/** Null where it cannot be said: nothing is known of the whole, or nothing moves. */
export function leftMs(
  doneBytes: number,
  totalBytes: number | null,
  bytesPerSecond: number | null,
): number | null {
  if (totalBytes === null || bytesPerSecond === null || bytesPerSecond <= 0) return null
  return Math.round((Math.max(0, totalBytes - doneBytes) / bytesPerSecond) * 1000)
}
