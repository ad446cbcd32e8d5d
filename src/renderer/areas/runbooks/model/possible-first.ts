import type { Option } from '../../../../shared/contract/runbooks.ts'

/** What can be chosen, then what cannot, each in its own order: thirteen damaged backups must not hide the good one. */
export function possibleFirst<O extends Pick<Option, 'notPossible'>>(options: readonly O[]): readonly O[] {
  return [...options].sort((a, b) => Number(a.notPossible !== null) - Number(b.notPossible !== null))
}
