import type { Chain } from '../../../../shared/contract/backups.ts'

export type ChainObject = Chain['objects'][number]
export type ChainBackup = Chain['backups'][number]

/** An object with the backups that point to it. Backups are told by their place: 0 is the newest. */
export interface Holding {
  /** Place in the chain's `objects`. */
  readonly at: number
  readonly object: ChainObject
  /** Newest first. */
  readonly users: readonly number[]
  /**
   * The backup in whose row the object stands: its holder, or the oldest that points to it where the holder is gone or
   * points elsewhere. Null where no backup points to it.
   */
  readonly anchor: number | null
  /** False where the backup in whose folder it lies is not among the backups. */
  readonly holderKnown: boolean
}

export interface ChainIndex {
  readonly chain: Chain
  /** In the order of the chain's `objects`. */
  readonly holdings: readonly Holding[]
  readonly placeOf: ReadonlyMap<string, number>
}

/** Takes one walk over backups × stores. */
export function indexChain(chain: Chain): ChainIndex {
  const placeOf = new Map(chain.backups.map((backup, place) => [backup.backupId, place]))
  const users: number[][] = chain.objects.map(() => [])
  chain.backups.forEach((backup, place) => {
    for (const at of backup.holds) if (at !== null) users[at]?.push(place)
  })
  const holdings = chain.objects.map((object, at): Holding => {
    const own = users[at] ?? []
    const holder = placeOf.get(object.holder)
    return {
      at,
      object,
      users: own,
      anchor: anchorOf(chain, { at, store: object.store, users: own, holder }),
      holderKnown: holder !== undefined,
    }
  })
  return { chain, holdings, placeOf }
}

interface Anchoring {
  readonly at: number
  readonly store: number
  readonly users: readonly number[]
  readonly holder: number | undefined
}

function anchorOf(chain: Chain, { at, store, users, holder }: Anchoring): number | null {
  const oldest = users.at(-1)
  if (oldest === undefined) return null
  if (holder === undefined) return oldest
  const there = chain.backups[holder]?.holds[store]
  return there === at || there === null || there === undefined ? holder : oldest
}

/** The object that a backup points to in a store. */
export function heldBy(index: ChainIndex, place: number, store: number): Holding | null {
  const at = index.chain.backups[place]?.holds[store]
  return at === null || at === undefined ? null : (index.holdings[at] ?? null)
}
