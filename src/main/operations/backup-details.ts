import type { Backup, StoreRow } from '../../shared/contract/backups.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import { plainContentOf, type ObjectFacts } from '../../shared/domain/object-facts.ts'
import { restorabilityOf } from '../../shared/domain/restorability.ts'
import { isProvedIntact } from '../engine/verify/remember-intact.ts'
import type { VerifiedBackup } from '../engine/verify/verify-backups.ts'
import type { StoreReport } from '../ports/backup-system.ts'
import { allFindings } from './all-findings.ts'
import { objectState } from './chain.ts'
import { createdAtOf, factsOf, reachOf, type RepositoryView } from './view-repository.ts'

/** One backup with everything that is known of it without reading an object now. Throws `backup.notFound`. */
export function backupDetails(backupId: string, view: RepositoryView): Backup {
  const place = view.backups.findIndex(({ backup }) => backup.backupId === backupId)
  const verified = view.backups[place]
  if (verified === undefined) throw notFound(backupId, view.repository)
  const { backup, report, verdict } = verified
  const { level, failedAt, verifiedAt } = reachOf(verified)
  const restorable = view.backups.find(
    (each) =>
      each.backup.isOfPart !== true && restorabilityOf(each.verdict, allFindings(each)) === 'restorable',
  )
  const restorableAt = restorable === undefined ? null : createdAtOf(restorable)
  const users = usersOf(view)
  return {
    backupId,
    asOf: view.at,
    createdAt: createdAtOf(verified),
    cluster: backup.cluster,
    sizeBytes: backup.sizeBytes,
    newBytes: backup.newBytes,
    verdict,
    restorability: restorabilityOf(verdict, allFindings(verified)),
    level,
    failedAt,
    verifiedAt,
    restoredAt: verified.restoredAt,
    stores: report.stores.map((store) => storeRow(store, verified, view, users)),
    findings: [...report.findings],
    manifestText: backup.manifestText,
    assumed: view.system.assumed,
    restoreWarning: view.system.restoreWarning ?? null,
    newer: view.backups[place - 1]?.backup.backupId ?? null,
    older: view.backups[place + 1]?.backup.backupId ?? null,
    newestRestorable:
      restorable === undefined || restorableAt === null
        ? null
        : { backupId: restorable.backup.backupId, createdAt: restorableAt },
    contents: contentsOf(verified, view),
  }
}

function storeRow(
  report: StoreReport,
  { backup }: VerifiedBackup,
  view: RepositoryView,
  users: ReadonlyMap<string, number>,
): StoreRow {
  const facts = report.key === null ? null : factsOf(view.evidence, report.key)
  const key = report.key ?? `${report.holder}/${report.object}`
  return {
    store: report.store,
    key,
    object: report.object,
    holder: report.holder,
    heldByItself: report.holder === backup.backupId,
    sizeBytes: backup.objects.find((info) => info.key === key)?.sizeBytes ?? null,
    ...hashesOf(facts),
    state: objectState(report),
    level: report.levelReached,
    failedAt: report.failedAt,
    notProvable: report.notProvable.map(({ level, reason }) => ({ level, reason })),
    verifiedAt: report.verifiedAt,
    intactBy: report.intactBy ?? null,
    recorded: (report.recorded ?? []).map((hash) => ({ ...hash })),
    intactAt: isProvedIntact(report) ? report.verifiedAt : view.lastIntact(key),
    users: users.get(`${report.store} ${key}`) ?? 1,
    findings: [...report.findings],
  }
}

function usersOf({ backups }: RepositoryView): ReadonlyMap<string, number> {
  const users = new Map<string, number>()
  for (const { store, key, holder, object } of backups.flatMap(({ report }) => report.stores)) {
    const name = `${store} ${key ?? `${holder}/${object}`}`
    users.set(name, (users.get(name) ?? 0) + 1)
  }
  return users
}

/** Of an object as last read: null where it was not, or not to its plain bytes. */
export function hashesOf(facts: ObjectFacts | null): Pick<StoreRow, 'sha256' | 'plainSha256'> {
  return facts === null
    ? { sha256: null, plainSha256: null }
    : { sha256: facts.sha256, plainSha256: plainContentOf(facts)?.sha256 ?? null }
}

function contentsOf({ backup }: VerifiedBackup, { system }: RepositoryView): Backup['contents'] {
  if (backup.listContents === undefined) {
    return {
      kind: 'none',
      reason:
        system.noContents ??
        'How a store is written inside is not published by its system, so there is nothing to list but the stores.',
    }
  }
  const readsBytes = backup.objects.reduce((sum, info) => sum + info.sizeBytes, 0)
  return {
    kind: 'archive',
    readsBytes,
    note: backup.listsByJumps
      ? 'A plain tar has no index: its headers are read one after the other, and large files between them are jumped over. Nothing of it is kept.'
      : 'An archive has no index: it is read from its beginning, and nothing of it is kept.',
  }
}

export function notFound(backupId: string, repository: string): HoldfastError {
  return new HoldfastError('backup.notFound', {
    what: `${repository} has no backup ${JSON.stringify(backupId)} now.`,
    why: 'It was removed since it was shown, or its manifest was.',
    next: 'Look at the list of backups again.',
  })
}
