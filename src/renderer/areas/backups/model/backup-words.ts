import { bytesWords, countWords } from '../../../../shared/domain/size-words.ts'
import type { Backup, StoreRow } from '../../../../shared/contract/backups.ts'
import type { Level } from '../../../../shared/domain/level.ts'

/** "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

const lost = (store: StoreRow) =>
  store.state === 'damaged' || store.state === 'missing' || store.failedAt !== null

/** Only where it is nothing else: a backup that is damaged as well is told by its damage. */
function isEmpty({ verdict, findings }: Backup): boolean {
  return verdict === 'warning' && findings.some(({ code }) => code === 'backup.empty')
}

/** The one sentence over a backup. */
export function headlineOf(backup: Backup): string {
  switch (backup.restorability) {
    case 'restorable':
      if (backup.restoreWarning !== null) return 'This backup is whole, and can be exported.'
      return backup.verdict === 'warning'
        ? 'This backup can be restored, with a warning.'
        : 'This backup can be restored.'
    case 'notRestorable': {
      if (isEmpty(backup)) return 'This backup holds nothing to restore.'
      const stores = backup.stores.filter(lost)
      if (stores.length === 0) return 'This backup cannot be restored.'
      const gone = stores.every((store) => store.state === 'missing')
      const names = listed(stores.map((store) => store.store))
      const [noun, verb] = stores.length === 1 ? ['store', 'is'] : ['stores', 'are']
      if (stores.every((store) => store.state === 'notOpened'))
        return `This backup cannot be restored: its ${names} ${noun} could not be opened.`
      return `This backup cannot be restored: its ${names} ${noun} ${verb} ${gone ? 'missing' : 'damaged'}.`
    }
    case 'notProved': {
      const unread = backup.stores.filter((store) => store.state === 'neverRead').map((store) => store.store)
      if (unread.length === 0) return 'Whether this backup can be restored is not proved.'
      const names = unread.length === backup.stores.length ? 'nothing of it' : listed(unread)
      return `Whether this backup can be restored is not proved: ${names} ${unread.length > 1 && names !== 'nothing of it' ? 'were' : 'was'} ${names === 'nothing of it' ? 'ever' : 'never'} read.`
    }
  }
}

/** Why Restore… is off; null where it is on. */
export function whyNoRestore(backup: Backup): string | null {
  if (backup.restorability !== 'notRestorable') return null
  if (isEmpty(backup)) return 'Restore is off: this backup holds nothing to restore.'
  const stores = backup.stores.filter(lost).map((store) => store.store)
  if (stores.length === 0) return 'Restore is off while this backup has errors.'
  if (backup.stores.filter(lost).every((store) => store.state === 'notOpened'))
    return `Restore is off until ${listed(stores)} can be opened.`
  return `Restore is off until ${listed(stores)} ${stores.length === 1 ? 'is' : 'are'} intact.`
}

export interface ProofLine {
  readonly tone: 'good' | 'bad' | 'unknown' | 'notProvable'
  readonly text: string
  readonly evidence: string | null
  /** Of the oldest evidence. */
  readonly at: string | null
}

type LevelWords = Readonly<Record<Level, string>>

/** What is proved of which stores and by how much reading; what failed; what the format cannot prove. */
export function proofLines(stores: readonly StoreRow[], levelWords: LevelWords): readonly ProofLine[] {
  const sound = stores.filter((store) => !lost(store) && store.state !== 'neverRead')
  const byLevel = Map.groupBy(sound, (store) => store.level)
  const lines: ProofLine[] = [...byLevel].map(([level, group]) => ({
    tone: 'good',
    text: `${listed(group.map((store) => store.store))}: proved up to “${levelWords[level]}”`,
    evidence: readWords(group),
    at: oldest(group),
  }))
  for (const store of stores.filter(lost)) {
    const where = store.failedAt === null ? '' : ` at “${levelWords[store.failedAt]}”`
    lines.push({
      tone: 'bad',
      text: store.state === 'missing' ? `${store.store} is missing` : `${store.store} fails${where}`,
      evidence: store.verifiedAt === null ? null : readWords([store]),
      at: store.verifiedAt,
    })
  }
  const unread = stores.filter((store) => store.state === 'neverRead' && !lost(store))
  if (unread.length > 0)
    lines.push({
      tone: 'unknown',
      text: `${listed(unread.map((store) => store.store))} ${unread.length === 1 ? 'was' : 'were'} never read`,
      evidence: null,
      at: null,
    })
  return [...lines, ...notProvableLines(stores, levelWords)]
}

function notProvableLines(stores: readonly StoreRow[], levelWords: LevelWords): readonly ProofLine[] {
  const all = stores.flatMap(({ store, notProvable }) => notProvable.map((one) => ({ ...one, store })))
  return [...Map.groupBy(all, ({ level, reason }) => `${level} ${reason}`).values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    return {
      tone: 'notProvable' as const,
      text: `“${levelWords[first.level]}” cannot be proved for ${listed(group.map(({ store }) => store))}`,
      evidence: first.reason,
      at: null,
    }
  })
}

function readWords(stores: readonly StoreRow[]): string {
  const objects = new Map(stores.map((store) => [store.key, store.sizeBytes ?? 0]))
  const bytes = [...objects.values()].reduce((sum, size) => sum + size, 0)
  return `${countWords(objects.size)} ${objects.size === 1 ? 'object' : 'objects'}, ${bytesWords(bytes)}`
}

function oldest(stores: readonly StoreRow[]): string | null {
  return stores.reduce<string | null>(
    (found, { verifiedAt }) =>
      verifiedAt !== null && (found === null || verifiedAt < found) ? verifiedAt : found,
    null,
  )
}

/** "1 error, 0 warnings". */
export function findingCounts(findings: readonly { readonly severity: 'error' | 'warning' }[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const warnings = findings.length - errors
  return `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
}
