import type { Chain } from '../../../src/shared/contract/backups.ts'
import type { Look } from '../../../src/shared/contract/clusters.ts'
import { backupDays } from '../../../src/shared/domain/backup-days.ts'
import { bytesWords } from '../../../src/shared/domain/size-words.ts'

interface Of {
  readonly nowMs: number
  readonly rpoMs: number
  readonly keyProof: Look['keyProof']
  /** Days, counted back from today, whose run is told to have failed. */
  readonly failedDays?: readonly number[]
}

/** What a look at this chain would say. */
export function sampleLook(chain: Chain, { nowMs, rpoMs, keyProof, failedDays = [] }: Of): Look {
  const { backups, objects } = chain
  const [newest] = backups
  const good = backups.find(({ restorability }) => restorability === 'restorable')
  const goodAt = dated(good)
  const of = (word: Chain['backups'][number]['restorability']): number =>
    backups.filter(({ restorability }) => restorability === word).length
  const today = Math.floor(nowMs / 86_400_000)
  return {
    asOf: chain.asOf,
    failure: null,
    backups: backups.length,
    restorable: of('restorable'),
    notRestorable: of('notRestorable'),
    notProved: of('notProved'),
    newest: dated(newest),
    newestRestorable:
      good === undefined || goodAt === null
        ? null
        : { ...goodAt, level: good.level, verifiedAt: good.verifiedAt },
    proved:
      newest === undefined
        ? null
        : {
            level: newest.level,
            failedAt: newest.failedAt,
            verifiedAt: newest.verifiedAt,
            notProvable: newest.notProvable,
          },
    days: [
      ...backupDays(
        backups.flatMap(({ createdAt, finding }) => {
          if (createdAt === null) return []
          const daysAgo = today - Math.floor(Date.parse(createdAt) / 86_400_000)
          const run =
            finding?.code === 'backup.empty' ? 'empty' : failedDays.includes(daysAgo) ? 'failed' : 'done'
          return [{ createdAt, run }] as const
        }),
        { nowMs, rpoMs, days: 30 },
      ),
    ],
    keyProof,
    storedBytes: chain.storedBytes,
    objects: objects.length,
    worst: worstOf(chain),
  }
}

function worstOf({ backups, objects }: Chain): Look['worst'] {
  const faulty = objects
    .filter(({ state }) => state === 'damaged' || state === 'missing')
    .toSorted((a, b) => b.users - a.users)[0]
  if (faulty !== undefined) {
    const isMissing = faulty.state === 'missing'
    return {
      code: isMissing ? 'chain.objectMissing' : 'object.hashMismatch',
      lead: isMissing ? 'Missing object.' : 'Damaged object.',
      detail: `${faulty.users} of ${backups.length} backups point to ${faulty.key}${faulty.sizeBytes === null ? '' : ` (${bytesWords(faulty.sizeBytes)})`}; a new backup would too as long as this store does not change.`,
      backups: faulty.users,
      key: faulty.key,
    }
  }
  const empty = backups.filter(({ finding }) => finding?.code === 'backup.empty').length
  if (empty === 0) return null
  return {
    code: 'backup.empty',
    lead: 'Snapshots hold no data.',
    detail: `All ${empty} say that they have 0 shards and carry zero bytes: this server version archives none.`,
    backups: empty,
    key: null,
  }
}

/** Where it says when it was made. */
export function dated(
  backup: Chain['backups'][number] | undefined,
): { readonly backupId: string; readonly createdAt: string } | null {
  const { backupId, createdAt = null } = backup ?? {}
  return backupId === undefined || createdAt === null ? null : { backupId, createdAt }
}
