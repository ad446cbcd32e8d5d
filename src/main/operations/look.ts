import type { Look } from '../../shared/contract/clusters.ts'
import { backupDays, type DatedBackup } from '../../shared/domain/backup-days.ts'
import { measuredRtoMs, type Drill } from '../../shared/domain/drill.ts'
import { restorabilityOf } from '../../shared/domain/restorability.ts'
import type { VerifiedBackup } from '../engine/verify/verify-backups.ts'
import { allFindings } from './all-findings.ts'
import { createdAtOf, reachOf, type BackupKeyState, type RepositoryView } from './view-repository.ts'
import { worstFinding } from './worst-finding.ts'

/** A cluster in one value, from its repository alone. */
export function lookAt(
  view: RepositoryView,
  { rpoMs, nowMs }: { readonly rpoMs: number; readonly nowMs: number },
): Look {
  const { backups } = view
  const words = backups.map((each) => restorabilityOf(each.verdict, allFindings(each)))
  const count = (word: (typeof words)[number]): number => words.filter((each) => each === word).length
  // A part that is newer than the cluster's own backups makes none of these newer.
  const whole = backups.flatMap((each, place) =>
    each.backup.isOfPart === true ? [] : [{ each, word: words[place] }],
  )
  const newest = whole[0]?.each
  const newestRestorable = whole.find(({ word }) => word === 'restorable')?.each
  const objects = new Map(
    backups.flatMap(({ backup }) => backup.objects.map((info) => [info.key, info.sizeBytes])),
  )
  return {
    asOf: view.at,
    failure: null,
    backups: backups.length,
    restorable: count('restorable'),
    notRestorable: count('notRestorable'),
    notProved: count('notProved'),
    newest: dated(newest),
    newestRestorable: restorableOf(newestRestorable),
    proved: newest === undefined ? null : provedOf(newest),
    days: [
      ...backupDays(
        whole.flatMap(({ each }) => runOf(each)),
        { nowMs, rpoMs, days: 30 },
      ),
    ],
    keyProof: keyProofOf(view.keyStates),
    lastDrill: lastDrillOf(view.drills),
    storedBytes: [...objects.values()].reduce((sum, sizeBytes) => sum + sizeBytes, 0),
    objects: objects.size,
    worst: worstFinding(backups),
  }
}

/** Newest first; those whose time nobody knows come last and are not dated. */
function dated(verified: VerifiedBackup | undefined): Look['newest'] {
  if (verified === undefined) return null
  const createdAt = createdAtOf(verified)
  return createdAt === null ? null : { backupId: verified.backup.backupId, createdAt }
}

function restorableOf(verified: VerifiedBackup | undefined): Look['newestRestorable'] {
  const named = dated(verified)
  if (named === null || verified === undefined) return null
  const { level, verifiedAt } = reachOf(verified)
  return { ...named, level, verifiedAt }
}

function provedOf(newest: VerifiedBackup): NonNullable<Look['proved']> {
  const { notProvable, ...reach } = reachOf(newest)
  return { ...reach, notProvable: [...notProvable] }
}

/** A run failed where its manifest or an object of its own is at fault; not where an older object that it shares is. */
function runOf(verified: VerifiedBackup): readonly DatedBackup[] {
  const createdAt = createdAtOf(verified)
  if (createdAt === null) return []
  const { backup, report } = verified
  const own = [
    ...report.findings,
    ...report.stores.flatMap(({ holder, findings }) => (holder === backup.backupId ? findings : [])),
  ]
  const failed = own.some(
    ({ severity, code }) => severity === 'error' && code !== 'key.missing' && code !== 'object.unreachable',
  )
  const empty = own.some(({ code }) => code === 'backup.empty')
  return [{ createdAt, run: failed ? 'failed' : empty ? 'empty' : 'done' }]
}

function keyProofOf(states: readonly BackupKeyState[]): Look['keyProof'] {
  const of = (state: BackupKeyState): number => states.filter((each) => each === state).length
  const opens = of('opens')
  const notSealed = of('notSealed')
  const needed = states.length - notSealed
  const base = { opens, of: needed }
  if (of('refused') > 0) return { state: 'refused', ...base }
  if (states.length === 0) return { state: 'notTried', ...base }
  if (needed === 0) return { state: 'notNeeded', ...base }
  if (of('noKey') > 0) return { state: 'noKey', ...base }
  if (opens > 0) return { state: 'opens', ...base }
  return { state: of('notTold') > 0 ? 'notProvable' : 'notTried', ...base }
}

function lastDrillOf([last]: readonly Drill[]): Look['lastDrill'] {
  if (last === undefined) return null
  const { backupId, finishedAt, outcome } = last
  return { backupId, at: finishedAt, outcome: outcome.kind, rtoMs: measuredRtoMs(last) }
}

/** A look that could not be had: the last one stays, with the reason that there is no newer one. */
export function failedLook(last: Look | null, failure: NonNullable<Look['failure']>, at: string): Look {
  return {
    ...(last ?? {
      asOf: at,
      backups: 0,
      restorable: 0,
      notRestorable: 0,
      notProved: 0,
      newest: null,
      newestRestorable: null,
      proved: null,
      days: [],
      keyProof: { state: 'notTried', opens: 0, of: 0 },
      lastDrill: null,
      storedBytes: 0,
      objects: 0,
      worst: null,
    }),
    failure,
  }
}
