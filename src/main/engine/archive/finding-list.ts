/** Of one kind so many are told one by one; a damaged archive may have hundreds of thousands. */
const toldOneByOne = 20

/** Collects findings in constant memory. */
export interface FindingList<F> {
  add(finding: F): void
  /** What was added, in order; where there was more of a kind than is told one by one, how many more. */
  all(): readonly F[]
}

/** `kindOf`: findings with the same answer are of one kind. */
export function findingList<F extends { readonly message: string }>(
  kindOf: (finding: F) => string,
): FindingList<F> {
  const told: F[] = []
  const counts = new Map<string, { first: F; count: number }>()
  return {
    add(finding) {
      const kind = kindOf(finding)
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
