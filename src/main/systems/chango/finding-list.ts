import type { ArchiveFinding } from './facts.ts'

/** Of one code and part so many are told one by one; a damaged archive may have hundreds of thousands. */
const toldOneByOne = 20

/** Collects findings in constant memory. */
export interface FindingList {
  add(finding: ArchiveFinding): void
  /** What was added, in order; where there was more of a kind than is told one by one, how many more. */
  all(): readonly ArchiveFinding[]
}

export function findingList(): FindingList {
  const told: ArchiveFinding[] = []
  const counts = new Map<string, { first: ArchiveFinding; count: number }>()
  return {
    add(finding) {
      const kind = `${finding.code} ${finding.part ?? ''}`
      const seen = counts.get(kind) ?? { first: finding, count: 0 }
      seen.count += 1
      counts.set(kind, seen)
      if (seen.count <= toldOneByOne) told.push(finding)
    },
    all() {
      const more = [...counts.values()]
        .filter(({ count }) => count > toldOneByOne)
        .map(({ first, count }) => ({
          ...first,
          message: `${count - toldOneByOne} more entries have the same flaw.`,
        }))
      return [...told, ...more]
    },
  }
}
