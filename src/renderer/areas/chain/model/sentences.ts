import { countWords, spanWords } from '../../../../shared/domain/size-words.ts'
import type { SystemName } from '../../../../shared/domain/system-name.ts'
import { dayText } from './day-words.ts'
import type { BlastRadius } from './blast-radius.ts'
import type { ChainBackup, ChainIndex } from './chain-index.ts'

/** "14 of 24 backups die with this object." */
export function headline({ holding, backups, isLost }: BlastRadius): string {
  const users = holding.users.length
  if (users === 0) return 'No backup points to this object.'
  const all =
    users === backups && backups > 1
      ? `All ${countWords(backups)}`
      : `${countWords(users)} of ${countWords(backups)}`
  const noun = backups === 1 ? 'backup' : 'backups'
  const one = users === 1
  if (isLost) return `${all} ${noun} ${one ? 'dies' : 'die'} with this object.`
  return `${all} ${noun} ${one ? 'hangs' : 'hang'} on this object.`
}

/** What can still be restored, and what that would lose; each string is a sentence. */
export function whatStands(radius: BlastRadius, { chain }: ChainIndex, nowMs: number): readonly string[] {
  const { restorable, notProved, notRestorable, lossMs, hitsNewest, hasStandIn, newestStands } = radius
  const store = storeOf(radius, chain)
  const sentences: string[] = []
  if (restorable.length === 0) sentences.push('No other backup is proved to be restorable.')
  else {
    sentences.push(`${counted(restorable.length, 'backup')}${between(restorable, nowMs)}.`)
    if (!hasStandIn) sentences.push(`None of them holds ${store}.`)
    else if (hitsNewest && lossMs !== null)
      sentences.push(`Restoring the newest of them loses ${spanWords(lossMs)} of changes.`)
    else if (radius.isLost && newestStands)
      sentences.push('The newest backup is not among the damaged, and can be restored.')
  }
  if (notProved.length > 0)
    sentences.push(
      notProved.length === 1
        ? `${dayOf(notProved[0], nowMs)} is not proved.`
        : `${countWords(notProved.length)} are not proved.`,
    )
  if (notRestorable.length > 0)
    sentences.push(
      `${countWords(notRestorable.length)} ${notRestorable.length === 1 ? 'is' : 'are'} not restorable for another reason.`,
    )
  return sentences
}

/** Null where the question does not arise. */
export function newBackupWords(
  radius: BlastRadius,
  { chain }: ChainIndex,
  system: SystemName,
  nowMs: number,
): { readonly title: string; readonly text: string } | null {
  const { newBackup, holding, isLost } = radius
  if (!isLost || newBackup === 'notNeeded') return null
  const store = storeOf(radius, chain)
  if (newBackup === 'helps')
    return {
      title: 'A new backup helps',
      text: 'It holds all of its bytes itself and shares none with this one.',
    }
  // Only kiok leaves out what has not changed; pgBackRest points back in some backups and not in others.
  if (newBackup === 'ifAnew' || system !== 'kiok')
    return {
      title: `A new backup helps if it holds ${store} anew`,
      text: 'One that points back to this object dies with it, too.',
    }
  const since = dayOf(chain.backups[holding.anchor ?? -1], nowMs)
  return {
    title: 'A new backup does not help',
    text: `${store} has not changed since ${since}, so the next backup points to the same object.`,
  }
}

/** "Folded to 97 rows: one where kms, iam or the verdict changes." */
export function foldWords(rows: number, rareStores: readonly string[]): string {
  const what = [...rareStores, 'the verdict']
  const list = what.length === 1 ? what[0] : `${what.slice(0, -1).join(', ')} or ${what.at(-1)}`
  return `Folded to ${countWords(rows)} rows: one where ${list} changes.`
}

function storeOf({ holding }: BlastRadius, { stores }: ChainIndex['chain']): string {
  return stores[holding.object.store] ?? 'the store'
}

function counted(count: number, noun: string): string {
  return `${countWords(count)} ${noun}${count === 1 ? '' : 's'}`
}

function between(backups: readonly ChainBackup[], nowMs: number): string {
  const [newest, oldest] = [backups[0]?.createdAt, backups.at(-1)?.createdAt]
  if (!newest || !oldest) return ''
  const [from, to] = [dayText(oldest, nowMs), dayText(newest, nowMs)]
  return from === to ? ` of ${to}` : `, ${from} to ${to}`
}

function dayOf(backup: ChainBackup | undefined, nowMs: number): string {
  return backup?.createdAt ? dayText(backup.createdAt, nowMs) : (backup?.backupId ?? 'it was made')
}
