import type { Chain } from '../../../../shared/contract/backups.ts'

/** First and last are places of backups, newest first, both within. */
export interface Run {
  readonly first: number
  readonly last: number
}

export type MapRow =
  /** `run`: the fold that it would be in, where an operator has opened it. */
  | { readonly kind: 'backup'; readonly backup: number; readonly run: Run | null }
  | ({ readonly kind: 'fold' } & Run)

/** Shorter runs are shown: a fold of three saves no room. */
const shortestFold = 4

/** A store is rare where at most one backup in twenty has a new object in it. */
const rareShare = 1 / 20

/** From how many backups on a map is folded unless its reader asks otherwise. */
export const foldedFrom = 120

export function allRows(chain: Chain): readonly MapRow[] {
  return chain.backups.map((_, backup) => ({ kind: 'backup', backup, run: null }))
}

/**
 * A backup keeps its own row where it is the newest or the oldest, where a rare store has a new object, where the verdict
 * turns, or where it is in `kept`; what lies between folds. So all backups of a fold have one verdict and, in every rare
 * store, one object. A fold that holds a backup of `opened` is shown whole.
 */
export function foldRows(
  chain: Chain,
  { kept, opened }: { readonly kept: ReadonlySet<number>; readonly opened: ReadonlySet<number> },
): readonly MapRow[] {
  const rare = rareStores(chain)
  const rows: MapRow[] = []
  let first: number | null = null
  const closeRun = (last: number) => {
    if (first === null) return
    const run: Run = { first, last }
    const places = Array.from({ length: last - run.first + 1 }, (_, n) => run.first + n)
    if (places.length < shortestFold)
      rows.push(...places.map((backup): MapRow => ({ kind: 'backup', backup, run: null })))
    else if (places.some((place) => opened.has(place)))
      rows.push(...places.map((backup): MapRow => ({ kind: 'backup', backup, run })))
    else rows.push({ kind: 'fold', ...run })
    first = null
  }
  chain.backups.forEach((_, place) => {
    if (kept.has(place) || standsOut(chain, place, rare)) {
      closeRun(place - 1)
      rows.push({ kind: 'backup', backup: place, run: null })
    } else first ??= place
  })
  closeRun(chain.backups.length - 1)
  return rows
}

function standsOut({ backups }: Chain, place: number, rare: readonly number[]): boolean {
  const [newer, backup, older] = [backups[place - 1], backups[place], backups[place + 1]]
  if (backup === undefined || newer === undefined || older === undefined) return true
  if (newer.restorability !== backup.restorability || newer.verdict !== backup.verdict) return true
  return rare.some((store) => backup.holds[store] !== older.holds[store])
}

/** Places of the stores in which a new object is news. */
export function rareStores({ stores, backups }: Chain): readonly number[] {
  const changes = stores.map(() => 0)
  for (let place = 0; place + 1 < backups.length; place++) {
    for (let store = 0; store < stores.length; store++) {
      if (backups[place]?.holds[store] !== backups[place + 1]?.holds[store])
        changes[store] = (changes[store] ?? 0) + 1
    }
  }
  return changes.flatMap((count, store) => (count <= backups.length * rareShare ? [store] : []))
}
