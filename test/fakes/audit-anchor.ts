import type { AuditAnchor } from '../../src/main/ports/audit-anchor.ts'

/** What outlives those who open it: each number with what was written there, the first one first. */
export interface MemoryAnchorPlace {
  readonly heads: Map<number, string[]>
  /** While set, whatever is asked fails with it. */
  fault: Error | null
  open(): AuditAnchor
}

export function memoryAnchorPlace(): MemoryAnchorPlace {
  const heads: MemoryAnchorPlace['heads'] = new Map()
  const place: MemoryAnchorPlace = {
    heads,
    fault: null,
    open: () => ({
      async put({ seq, hash }) {
        if (place.fault !== null) throw place.fault
        const [first] = heads.get(seq) ?? []
        if (first !== undefined) return first === hash ? 'same' : 'other'
        heads.set(seq, [hash])
        return 'written'
      },
      async *list() {
        if (place.fault !== null) throw place.fault
        for (const [seq, [first, ...over]] of [...heads].sort(([a], [b]) => a - b)) {
          yield {
            seq,
            at: '2026-11-20T02:00:00.000Z',
            isCovered: over.length > 0,
            holds: async (hash: string) => hash === first,
          }
        }
      },
      close: async () => undefined,
    }),
  }
  return place
}
