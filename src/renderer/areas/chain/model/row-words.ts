import { ageWords, countWords, bytesWords } from '../../../../shared/domain/size-words.ts'
import { dayText } from './day-words.ts'
import { heldBy, type ChainIndex, type ChainObject } from './chain-index.ts'
import type { FoldCell } from './map-layout.ts'

export const stateWords: Readonly<Record<ChainObject['state'], string>> = {
  intact: 'intact',
  neverRead: 'never read',
  damaged: 'damaged',
  missing: 'gone',
  warning: 'needs attention',
  notOpened: 'not opened',
}

export const verdictWords = {
  restorable: 'Restorable',
  notRestorable: 'Not restorable',
  notProved: 'Not proved',
} as const

export const verdictTones = { restorable: 'good', notRestorable: 'bad', notProved: 'unknown' } as const

/** One lane of one backup, in words: all that the picture shows of it. */
export function cellWords(index: ChainIndex, place: number, store: number, nowMs: number): string {
  const holding = heldBy(index, place, store)
  if (holding === null) return 'nothing'
  const { object, users, anchor, holderKnown } = holding
  const size = object.sizeBytes === null ? 'size not known' : bytesWords(object.sizeBytes)
  const shared = users.length > 1 ? `, ${countWords(users.length)} backups point to it` : ''
  const proof =
    object.verifiedAt === null ? '' : `, read ${ageWords(nowMs - Date.parse(object.verifiedAt))} ago`
  const state = `${stateWords[object.state]}${proof}`
  if (anchor === place && holderKnown) return `held here, ${size}, ${state}${shared}`
  const holder = index.chain.backups[index.placeOf.get(object.holder) ?? -1]
  const day = holder?.createdAt ? `the backup of ${dayText(holder.createdAt, nowMs)}` : object.holder
  return `points to ${day}${holderKnown ? '' : ', which is gone'}, ${size}, ${state}${shared}`
}

/** The map as text: each backup with what it has in every store, whatever is folded. Rows are places. */
export function mapText(
  index: ChainIndex,
  nowMs: number,
): readonly { readonly head: string; readonly text: (place: number) => string }[] {
  const { backups, stores } = index.chain
  return [
    { head: 'Backup', text: (place) => backups[place]?.backupId ?? '' },
    { head: 'Taken (UTC)', text: (place) => backups[place]?.createdAt ?? '' },
    { head: 'Verdict', text: (place) => verdictWords[backups[place]?.restorability ?? 'notProved'] },
    ...stores.map((head, store) => ({
      head,
      text: (place: number) => {
        const held = heldBy(index, place, store)
        return held === null ? 'nothing' : `${cellWords(index, place, store, nowMs)}: ${held.object.key}`
      },
    })),
  ]
}

export function foldCellWords(cell: FoldCell | undefined): string {
  switch (cell?.kind) {
    case 'new':
      return `${countWords(cell.objects)} new`
    case 'mixed':
      return `${countWords(cell.objects)} objects`
    case 'passes':
      return 'one object passes through'
    case 'none':
    case undefined:
      return 'nothing'
  }
}
