import { createHash } from 'node:crypto'
import { canonicalJson } from '../../shared/domain/canonical-json.ts'
import { deletionOrder } from '../../shared/domain/deletion-order.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { OrphanRow, PrunePlan } from '../../shared/domain/prune-plan.ts'
import { restorabilityOf } from '../../shared/domain/restorability.ts'
import { retain, type RetentionBackup, type RetentionRules } from '../../shared/domain/retention.ts'
import type { VerifiedBackup } from '../engine/verify/verify-backups.ts'
import type { InventoryBackup, Orphan } from '../ports/backup-system.ts'
import type { Clock } from '../ports/clock.ts'
import type { ObjectInfo } from '../ports/object-store.ts'
import { allFindings } from './all-findings.ts'
import { findBackup } from './find-backup.ts'
import type { OpenRepository } from './open-repository.ts'
import { refuseIndexed } from './refuse-indexed.ts'
import { createdAtOf, viewRepository } from './view-repository.ts'

export interface PruneRequest {
  readonly rules: RetentionRules
  /** Ids of backups, or unambiguous beginnings of them, that are kept whatever the rules say. */
  readonly hold: readonly string[]
  /** Pins as they are saved; one whose backup is not there any more holds nothing. */
  readonly pins: readonly { readonly backupId: string; readonly reason: string }[]
  /** Whether orphans go as well. */
  readonly sweepsOrphans: boolean
}

/** An upload that is under way is younger. */
const orphanAgeMs = 86_400_000

/**
 * What would be deleted from a repository by these rules, judged from what is remembered of its backups: a listing and
 * manifests are read, no object. Throws where the repository does not answer as one that may be deleted from.
 */
export async function planPrune(
  opened: OpenRepository,
  { rules, hold, pins, sweepsOrphans }: PruneRequest,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<{ readonly plan: PrunePlan; readonly hash: string }> {
  refuseRules(rules)
  refuseIndexed(opened.system, 'deleted')
  const held = new Map(
    hold.map((id) => [findBackup(id, opened).backupId, 'Held: it was named to be kept.'] as const),
  )
  const { backups } = await viewRepository(opened, { clock, ...(signal && { signal }) })
  refuseUnread(backups)
  const nowMs = clock.now()
  const whyHeld = (backup: InventoryBackup): string | null =>
    pinOf(backup, pins) ?? held.get(backup.backupId) ?? null
  const candidates = describe(backups, opened, whyHeld)
  const rows = retain(candidates, rules, nowMs)
  const fates = new Map(rows.map((row) => [row.backupId, row]))
  const isDeleted = ({ backup }: VerifiedBackup): boolean => fates.get(backup.backupId)?.fate === 'delete'
  const deleted = backups.filter(isDeleted).map(({ backup }) => backup)
  const kept = backups.filter((each) => !isDeleted(each)).map(({ backup }) => backup)
  const goes = new Map(
    deletionOrder(kept, deleted, ({ key }) => key).map((objects, place) => [
      deleted[place]?.backupId,
      objects,
    ]),
  )
  const orphans = (opened.inventory.orphans ?? []).map((orphan) => ({
    orphan,
    row: orphanRow(orphan, candidates, sweepsOrphans, nowMs),
  }))
  const swept = orphans.filter(({ row }) => row.fate === 'delete').flatMap(({ orphan }) => orphan.objects)
  const deletes = [...[...goes.values()].flat(), ...swept]
  const deletedKeys = new Set(deletes.map(({ key }) => key))
  const plan: PrunePlan = {
    format: 'holdfast-prune/1',
    system: opened.system.name,
    repository: opened.repository,
    rules,
    sweepsOrphans,
    rows: backups.map((each, place) => ({
      backupId: each.backup.backupId,
      fate: rows[place]?.fate ?? 'keep',
      reason: rows[place]?.reason ?? '',
      createdAt: createdAtOf(each),
      restorability: candidates[place]?.restorability ?? 'notProved',
      freesBytes: totalBytes(goes.get(each.backup.backupId) ?? []),
      staysObjects: isDeleted(each)
        ? each.backup.objects.filter(({ key }) => !deletedKeys.has(key)).length
        : 0,
    })),
    orphans: orphans.map(({ row }) => row),
    deletes: deletes.map(({ key, sizeBytes, etag, modifiedAt, versionId }) => ({
      key,
      version: { sizeBytes, etag, modifiedAt, versionId },
    })),
    freesBytes: totalBytes(deletes),
  }
  return { plan, hash: createHash('sha256').update(canonicalJson(plan)).digest('hex') }
}

/** Newest first, as the rules want them. */
function describe(
  backups: readonly VerifiedBackup[],
  { system }: OpenRepository,
  whyHeld: (backup: InventoryBackup) => string | null,
): readonly RetentionBackup[] {
  const owners = new Map(
    backups.flatMap(({ backup }) =>
      backup.completedBy.map(({ key }) => [folderOf(key), backup.backupId] as const),
    ),
  )
  return backups.map((verified) => {
    const { backup, verdict } = verified
    const findings = allFindings(verified)
    const isUnknown = backup.sizeBytes === null || findings.some(({ code }) => code === 'manifest.unsafePath')
    const needs = new Set(backup.objects.flatMap(({ key }) => owners.get(folderOf(key)) ?? []))
    needs.delete(backup.backupId)
    return {
      backupId: backup.backupId,
      createdAt: createdAtOf(verified),
      cluster: backup.cluster,
      restorability: restorabilityOf(verdict, findings),
      isEmpty: verdict === 'warning' && findings.some(({ code }) => code === 'backup.empty'),
      heldBecause: whyHeld(backup),
      needs: system.sharesObjects ? (isUnknown ? null : [...needs]) : [],
    }
  })
}

/** A pin holds whatever goes by its name: a name that became ambiguous since must not let the pinned one go. */
function pinOf({ backupId, alsoNamed }: InventoryBackup, pins: PruneRequest['pins']): string | null {
  const pin = pins.find((each) => each.backupId === backupId || alsoNamed.includes(each.backupId))
  return pin === undefined ? null : `Pinned: ${sentence(pin.reason)}`
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

function orphanRow(
  { name, objects }: Orphan,
  backups: readonly RetentionBackup[],
  sweepsOrphans: boolean,
  nowMs: number,
): OrphanRow {
  const row = { name, objects: objects.length, sizeBytes: totalBytes(objects) }
  const keep = (reason: string): OrphanRow => ({ ...row, fate: 'keep', reason })
  const unknown = backups.find(({ needs }) => needs === null)
  if (backups.length === 0) return keep('There is no backup at all here, so nothing is swept.')
  if (unknown !== undefined) return keep(`What ${unknown.backupId} needs cannot be read, and it may be this.`)
  const isOld = objects.every(
    ({ modifiedAt }) => modifiedAt !== null && nowMs - Date.parse(modifiedAt) > orphanAgeMs,
  )
  if (!isOld) return keep('Not known to be older than a day: it may be an upload that is under way.')
  if (!sweepsOrphans) return keep('Of no backup, and older than a day; it goes only where that is asked for.')
  return { ...row, fate: 'delete', reason: 'Of no backup, and older than a day.' }
}

/** Throws `usage`. Rules that keep nothing are a slip: of the fingers, or of a variable that was not set. */
export function refuseRules({ keepLast, keepDays, atMost }: RetentionRules): void {
  const isCount = (value: number | null): boolean =>
    value === null || (Number.isSafeInteger(value) && value >= 1 && value <= 1_000_000)
  if ([keepLast, keepDays, atMost].every(isCount) && (keepLast !== null || keepDays !== null)) return
  throw new HoldfastError('usage', {
    what: 'It is not clear what is to be kept.',
    unchanged: 'Nothing was deleted.',
    next: 'Say how many of the newest are kept, or for how many days, or both; each at least 1.',
  })
}

/** A manifest that is there and cannot be read now may be of any backup, and point to anything. */
function refuseUnread(backups: readonly VerifiedBackup[]): void {
  for (const { backup, report } of backups) {
    const finding = report.findings.find(({ code }) => code === 'object.unreachable')
    if (finding === undefined) continue
    throw new HoldfastError('object.unreadable', {
      what: `Nothing is deleted while ${backup.backupId} cannot be read.`,
      why: finding.message,
      unchanged: 'Nothing was deleted.',
      next: 'Try again when the repository answers.',
    })
  }
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1)
}

function totalBytes(objects: readonly ObjectInfo[]): number {
  return objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}
