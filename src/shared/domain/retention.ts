/** What an operator wants kept. A backup goes only where no rule keeps it. */
export interface RetentionRules {
  /** The newest so many; null: no such rule. */
  readonly keepLast: number | null
  /** All younger than so many days; null: no such rule. */
  readonly keepDays: number | null
  /** No more than so many for being young enough alone; null: all of them. */
  readonly atMost: number | null
}

/** What has to be known of a backup before it may be called too old. */
export interface RetentionBackup {
  readonly backupId: string
  /** UTC ISO 8601; null where unknown. */
  readonly createdAt: string | null
  /** Null where unknown. */
  readonly cluster: string | null
  readonly restorability: 'restorable' | 'notRestorable' | 'notProved'
  /** True where it is proved to hold nothing. */
  readonly isEmpty: boolean
  /** Why the operator keeps it, as a sentence; null where nobody said so. */
  readonly heldBecause: string | null
  /** Ids of the other backups in whose place objects lie that this one needs; null where that cannot be told. */
  readonly needs: readonly string[] | null
}

export interface RetentionRow {
  readonly backupId: string
  readonly fate: 'keep' | 'delete'
  /** A sentence. True whenever the same rules meet the same backups: nothing in it depends on the moment. */
  readonly reason: string
}

const dayMs = 86_400_000

/**
 * The fate of every backup, with its reason. Backups newest first, those without a time last. Whatever the rules are:
 * what is held, the newest proved one and all that is newer, what cannot be dated, and what a kept one needs is kept; and
 * while none is proved, nothing that may hold anything goes. An empty backup counts in no rule.
 */
export function retain(
  backups: readonly RetentionBackup[],
  rules: RetentionRules,
  nowMs: number,
): readonly RetentionRow[] {
  const reasons = new Map<string, string>()
  const keep = ({ backupId }: RetentionBackup, reason: string): void => {
    if (!reasons.has(backupId)) reasons.set(backupId, reason)
  }
  // Two clusters in one repository: the newest of one is no safety for the other.
  for (const name of new Set(backups.map(({ cluster }) => cluster))) {
    const ofCluster = backups.filter(({ cluster }) => cluster === name)
    keepAlways(ofCluster, keep)
    keepNewest(ofCluster, rules.keepLast, keep)
    keepYoung(ofCluster, rules, nowMs, reasons, keep)
  }
  keepBehindUnknown(backups, reasons, keep)
  keepNeeded(backups, reasons, keep)
  return backups.map((backup) => {
    const reason = reasons.get(backup.backupId)
    return reason === undefined
      ? { backupId: backup.backupId, fate: 'delete', reason: whyDeleted(backup, rules, nowMs) }
      : { backupId: backup.backupId, fate: 'keep', reason }
  })
}

type Keep = (backup: RetentionBackup, reason: string) => void

function keepAlways(backups: readonly RetentionBackup[], keep: Keep): void {
  const newestProved = backups.findIndex(({ restorability }) => restorability === 'restorable')
  backups.forEach((backup, place) => {
    if (backup.heldBecause !== null) keep(backup, backup.heldBecause)
    if (place === newestProved) keep(backup, 'The newest one that is proved to be whole is never deleted.')
    if (backup.createdAt === null) keep(backup, 'Its time is not known, so nobody can say that it is old.')
    if (backup.isEmpty) return
    if (newestProved < 0) keep(backup, 'No backup here is proved to be whole; until one is, none is deleted.')
    else if (place < newestProved) keep(backup, 'Newer than the newest one that is proved to be whole.')
  })
}

/** Neither an empty nor a damaged one takes the place of another; and what is not proved none of what is. */
function keepNewest(backups: readonly RetentionBackup[], keepLast: number | null, keep: Keep): void {
  if (keepLast === null) return
  const proved = backups.filter(({ restorability }) => restorability === 'restorable')
  const possible = backups.filter(({ restorability }) => restorability !== 'notRestorable')
  for (const backup of possible.slice(0, keepLast)) {
    const isPlain = backups.indexOf(backup) < keepLast
    keep(backup, `One of the newest ${keepLast}${isPlain ? '' : ' that are not known to be bad'}.`)
  }
  for (const backup of proved.slice(0, keepLast))
    keep(backup, `One of the newest ${keepLast} that are proved to be whole.`)
}

function keepYoung(
  backups: readonly RetentionBackup[],
  { keepDays, atMost }: RetentionRules,
  nowMs: number,
  reasons: ReadonlyMap<string, string>,
  keep: Keep,
): void {
  if (keepDays === null) return
  const young = backups.filter((backup) => isYoung(backup, keepDays, nowMs))
  // What holds something comes before what does not, however new that is.
  const inTurn = [...young.filter(({ isEmpty }) => !isEmpty), ...young.filter(({ isEmpty }) => isEmpty)]
  const among = atMost === null ? '' : `, and one of at most ${atMost}`
  let room = atMost ?? Infinity
  for (const backup of inTurn) {
    if (room <= 0 && !reasons.has(backup.backupId)) continue
    room -= 1
    keep(backup, `Younger than ${daysInWords(keepDays)}${among}.`)
  }
}

/** What a backup that cannot be read points to is not known; where it has a time, it can only be older. */
function keepBehindUnknown(
  backups: readonly RetentionBackup[],
  reasons: ReadonlyMap<string, string>,
  keep: Keep,
): void {
  const unknown =
    backups.find(({ needs, createdAt }) => needs === null && createdAt === null) ??
    backups.find(({ needs }) => needs === null)
  if (unknown === undefined) return
  keep(unknown, 'It cannot be read, so what it needs is not known.')
  const from = unknown.createdAt === null ? 0 : backups.indexOf(unknown)
  const reason = `What ${unknown.backupId} needs cannot be read, and it may be this one.`
  for (const backup of backups.slice(from)) if (!reasons.has(backup.backupId)) keep(backup, reason)
}

/** Marks what kept backups need, and what those need in turn. */
function keepNeeded(
  backups: readonly RetentionBackup[],
  reasons: ReadonlyMap<string, string>,
  keep: Keep,
): void {
  const byId = new Map(backups.map((backup) => [backup.backupId, backup]))
  const users = new Map<RetentionBackup, string[]>()
  const kept = new Set(backups.filter(({ backupId }) => reasons.has(backupId)))
  // A set grows while it is walked: what is kept for another one has needs of its own.
  for (const user of kept) {
    for (const id of user.needs ?? []) {
      const backup = byId.get(id)
      if (backup === undefined) continue
      kept.add(backup)
      const ids = users.get(backup)
      if (ids === undefined) users.set(backup, [user.backupId])
      else ids.push(user.backupId)
    }
  }
  for (const [backup, ids] of users) {
    const [first = '', ...others] = ids
    const more = others.length === 0 ? 'needs' : `and ${others.length} more need`
    keep(backup, `${first} ${more} an object that lies here.`)
  }
}

function isYoung({ createdAt }: RetentionBackup, keepDays: number, nowMs: number): boolean {
  return createdAt !== null && nowMs - Date.parse(createdAt) < keepDays * dayMs
}

function whyDeleted(
  backup: RetentionBackup,
  { keepLast, keepDays, atMost }: RetentionRules,
  nowMs: number,
): string {
  const why: string[] = []
  if (backup.isEmpty) why.push('It holds nothing')
  if (keepDays !== null) {
    if (!isYoung(backup, keepDays, nowMs))
      why.push(`${why.length === 0 ? 'It' : 'it'} is older than ${daysInWords(keepDays)}`)
    else
      why.push(`${why.length === 0 ? 'It' : 'it'} is beyond the ${atMost ?? 0} that are kept for being young`)
  }
  if (keepLast !== null && !backup.isEmpty)
    why.push(`${why.length === 0 ? 'It' : 'it'} is not one of the newest ${keepLast}`)
  return `${why.join(', and ')}.`
}

function daysInWords(days: number): string {
  return days === 1 ? '1 day' : `${days} days`
}
