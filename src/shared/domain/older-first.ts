interface Made {
  readonly backupId: string
  /** UTC ISO 8601, with a fraction of the second or without; null where it is not known. */
  readonly createdAt: string | null
}

/** For `sort`: by time, then by id; what has no time comes before all that have one. */
export function olderFirst(a: Made, b: Made): number {
  return compareTimes(a.createdAt, b.createdAt) || compare(a.backupId, b.backupId)
}

export function newerFirst(a: Made, b: Made): number {
  return olderFirst(b, a)
}

function compareTimes(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1
  // As text a whole second comes behind all fractions of it.
  return a.length === b.length ? compare(a, b) : Date.parse(a) - Date.parse(b)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
