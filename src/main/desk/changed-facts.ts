import type { Fact } from '../ports/cluster-driver.ts'

/** What the audit chain is told of an edit: each of these fields that differs, as it was and as it is. None of them may be secret. */
export function changedFacts<T extends object>(
  before: T,
  after: T,
  fields: readonly (keyof T & string)[],
): readonly Fact[] {
  return fields
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({
      name: field,
      value: `${JSON.stringify(before[field])} → ${JSON.stringify(after[field])}`,
    }))
}
