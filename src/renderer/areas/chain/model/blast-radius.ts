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
  /** Of changes, if the newest restorable one is restored; null where there is none or its time is not known. */
  readonly lossMs: number | null
  readonly newBackup: NewBackup
}

/**
 * `notNeeded`: the newest backup does not point to it. `doesNotHelp`: a new backup points to what the newest points to
 * as long as the store has not changed. `helps`: a new backup holds all of its bytes itself.
 */
export type NewBackup = 'notNeeded' | 'doesNotHelp' | 'helps'

/** What hangs on one object, and what stands without it. */
export function blastRadius({ chain, holdings }: ChainIndex, at: number, nowMs: number): BlastRadius | null {
  const holding = holdings[at]
  if (holding === undefined) return null
  const users = new Set(holding.users)
  const others = chain.backups.filter((_, place) => !users.has(place))
  const restorable = others.filter((backup) => backup.restorability === 'restorable')
  const newest = restorable.find((backup) => backup.createdAt !== null)?.createdAt ?? null
  const hitsNewest = users.has(0)
  return {
    holding,
    backups: chain.backups.length,
    isLost: holding.object.state === 'damaged' || holding.object.state === 'missing',
    hitsNewest,
    restorable,
    notProved: others.filter((backup) => backup.restorability === 'notProved'),
    notRestorable: others.filter((backup) => backup.restorability === 'notRestorable'),
    lossMs: newest === null ? null : Math.max(0, nowMs - Date.parse(newest)),
    newBackup: !hitsNewest ? 'notNeeded' : chain.sharesObjects ? 'doesNotHelp' : 'helps',
  }
}
