import type { ChainBackup, ChainIndex, Holding } from './chain-index.ts'

export interface BlastRadius {
  readonly holding: Holding
  readonly backups: number
  /** Its bytes are damaged or gone; else the question is only what would be. */
  readonly isLost: boolean
  /** The newest backup is among those that point to it. */
  readonly hitsNewest: boolean
  /** Backups that do not point to it, newest first. */
  readonly restorable: readonly ChainBackup[]
  readonly notProved: readonly ChainBackup[]
  readonly notRestorable: readonly ChainBackup[]
  /** The newest backup of all can be restored. */
  readonly newestStands: boolean
  /** Some restorable one holds this store, too: disks and databases of one cluster do not stand in for each other. */
  readonly hasStandIn: boolean
  /** Of changes, if the newest stand-in is restored; null where there is none or its time is not known. */
  readonly lossMs: number | null
  readonly newBackup: NewBackup
}

/**
 * `notNeeded`: the newest backup does not point to it. `pointsBack`: the newest points to an older one's, so the store has
 * not changed since. `ifAnew`: the newest holds it itself, and one that points back to it is lost, too. `helps`: a new
 * backup holds all of its bytes itself.
 */
export type NewBackup = 'notNeeded' | 'pointsBack' | 'ifAnew' | 'helps'

/** What hangs on one object, and what stands without it. */
export function blastRadius({ chain, holdings }: ChainIndex, at: number, nowMs: number): BlastRadius | null {
  const holding = holdings[at]
  if (holding === undefined) return null
  const users = new Set(holding.users)
  const others = chain.backups.filter((_, place) => !users.has(place))
  const restorable = others.filter((backup) => backup.restorability === 'restorable')
  const standIns = restorable.filter(({ holds }) => (holds[holding.object.store] ?? null) !== null)
  const newest = standIns.find((backup) => backup.createdAt !== null)?.createdAt ?? null
  const hitsNewest = users.has(0)
  return {
    holding,
    backups: chain.backups.length,
    isLost: holding.object.state === 'damaged' || holding.object.state === 'missing',
    hitsNewest,
    restorable,
    notProved: others.filter((backup) => backup.restorability === 'notProved'),
    notRestorable: others.filter((backup) => backup.restorability === 'notRestorable'),
    newestStands: chain.backups[0]?.restorability === 'restorable',
    hasStandIn: standIns.length > 0,
    lossMs: newest === null ? null : Math.max(0, nowMs - Date.parse(newest)),
    newBackup: newBackupOf(chain, holding),
  }
}

function newBackupOf({ sharesObjects }: ChainIndex['chain'], { users, anchor }: Holding): NewBackup {
  if (!users.includes(0)) return 'notNeeded'
  if (!sharesObjects) return 'helps'
  return anchor === 0 ? 'ifAnew' : 'pointsBack'
}
