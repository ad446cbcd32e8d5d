import type { ObjectInfo } from '../../ports/object-store.ts'

/** Objects that are read together, so many at once, each in so many ranges side by side (where the store has use for it). */
export interface ReadingBatch {
  readonly infos: readonly ObjectInfo[]
  readonly atOnce: number
  readonly rangesAtOnce: number
}

/** Up to here an object is small: waiting for its first byte takes longer than to read it. */
const smallBytes = 8 * 1024 * 1024

/**
 * Small objects first, more of them at once than there are workers; then the large ones, each of which keeps a worker
 * busy: one that waited for its turn would hold memory, and a connection that its server closes in the meantime. Where
 * several are read at once, each is read in one stream: ranges side by side cost more than they win.
 */
export function readingOrder(infos: readonly ObjectInfo[], workers: number): readonly ReadingBatch[] {
  const small = infos.filter((info) => info.sizeBytes <= smallBytes)
  const large = infos.filter((info) => info.sizeBytes > smallBytes)
  const largeAtOnce = Math.min(workers, Math.max(1, large.length))
  return [
    { infos: small, atOnce: workers * 4, rangesAtOnce: 1 },
    { infos: large, atOnce: largeAtOnce, rangesAtOnce: largeAtOnce > 1 ? 1 : Infinity },
  ]
}
