import type { Level } from './level.ts'

/** What of a store takes part in a comparison. */
export interface ComparableStore {
  readonly store: string
  readonly key: string
  readonly sizeBytes: number | null
  /** Of the stored bytes. */
  readonly sha256: string | null
  /** Of the plain bytes. */
  readonly plainSha256: string | null
  readonly level: Level
}

/**
 * `sameObject`: both point to one object. `sameContent`: two objects with one content. `changed`: two contents.
 * `notTold`: two objects, and too little of them was read to compare what is in them. `notApart`: two objects with several
 * stores in each, and what differs may be any of these.
 */
export type Likeness =
  'sameObject' | 'sameContent' | 'changed' | 'notTold' | 'notApart' | 'onlyHere' | 'onlyThere'

export interface StoreDifference {
  readonly store: string
  readonly likeness: Likeness
  /** This one's size less the other's; null where one is not known. */
  readonly growthBytes: number | null
  readonly here: ComparableStore | null
  readonly there: ComparableStore | null
}

/** One line a store, in the order of this backup, then what only the other has. */
export function compareStores(
  here: readonly ComparableStore[],
  there: readonly ComparableStore[],
): readonly StoreDifference[] {
  const others = new Map(there.map((store) => [store.store, store]))
  const own = new Set(here.map((store) => store.store))
  const together = new Set([...keysOfSeveral(here), ...keysOfSeveral(there)])
  return [
    ...here.map((store) => differenceOf(store.store, store, others.get(store.store) ?? null, together)),
    ...there
      .filter(({ store }) => !own.has(store))
      .map((store) => differenceOf(store.store, null, store, together)),
  ]
}

/** Objects that hold more than one store: their sizes and hashes are of no store by itself. */
function keysOfSeveral(stores: readonly ComparableStore[]): readonly string[] {
  const keys = stores.map(({ key }) => key)
  return keys.filter((key, place) => keys.indexOf(key) !== place)
}

function differenceOf(
  store: string,
  here: ComparableStore | null,
  there: ComparableStore | null,
  together: ReadonlySet<string>,
): StoreDifference {
  const isApart = [here, there].every((side) => side === null || !together.has(side.key))
  const [size, otherSize] = [here?.sizeBytes ?? null, there?.sizeBytes ?? null]
  return {
    store,
    likeness: here === null ? 'onlyThere' : there === null ? 'onlyHere' : likenessOf(here, there, isApart),
    growthBytes: size === null || otherSize === null || !isApart ? null : size - otherSize,
    here,
    there,
  }
}

/**
 * Stored bytes are sealed under a key of their own, so two objects with one content have different stored bytes: only
 * equal hashes of stored bytes say something. What can be told apart without a key is the size.
 */
function likenessOf(a: ComparableStore, b: ComparableStore, isApart: boolean): Likeness {
  if (a.key === b.key) return 'sameObject'
  if (!isApart) return a.sha256 !== null && a.sha256 === b.sha256 ? 'sameContent' : 'notApart'
  if (a.plainSha256 !== null && b.plainSha256 !== null)
    return a.plainSha256 === b.plainSha256 ? 'sameContent' : 'changed'
  if (a.sha256 !== null && a.sha256 === b.sha256) return 'sameContent'
  return a.sizeBytes !== null && b.sizeBytes !== null && a.sizeBytes !== b.sizeBytes ? 'changed' : 'notTold'
}
