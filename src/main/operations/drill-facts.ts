import {
  tookWords,
  type Drill,
  type DrillOutcome,
  type DrillPhase,
  type DrillPhaseName,
} from '../../shared/domain/drill.ts'
import type { HoldfastError } from '../../shared/domain/error.ts'
import { bytesWords } from '../../shared/domain/size-words.ts'
import { contentOf } from '../engine/drill/content.ts'
import type { RestoreResult } from '../engine/restore/run-restore.ts'
import type { BackupSystem } from '../ports/backup-system.ts'
import type { ToolDrillEnd } from '../ports/cluster-driver.ts'
import type { Clock } from '../ports/clock.ts'
import { unproved, type BackupPlan, type BackupProof } from './plan-backup.ts'

/** Whose drill it is. */
export type DrillBy = Pick<Drill, 'id' | 'by'>

/** Of a drill under way. */
export interface DrillDraft extends DrillBy {
  readonly startedMs: number
  readonly dir: string
}

export function provePhase(
  { startedMs }: Pick<DrillDraft, 'startedMs'>,
  { result }: BackupProof,
  { now }: Pick<Clock, 'now'>,
): DrillPhase {
  return { name: 'prove', tookMs: Math.max(0, now() - startedMs), bytes: result.bytesRead }
}

function headOf(
  { id, by, startedMs, dir }: DrillDraft,
  { backup, verified }: BackupProof,
  { now }: Pick<Clock, 'now'>,
) {
  return {
    id,
    by,
    backupId: backup.backupId,
    createdAt: verified.report.createdAt ?? backup.createdAt,
    startedAt: new Date(startedMs).toISOString(),
    finishedAt: new Date(now()).toISOString(),
    folder: dir,
    folderStands: true,
  }
}

/** Of a backup that came out whole. */
export function restoredDrill(
  draft: DrillDraft,
  {
    planned: { plan, system },
    proof,
    result,
    phases,
  }: {
    readonly planned: BackupPlan
    readonly proof: BackupProof
    readonly result: RestoreResult
    readonly phases: readonly DrillPhase[]
  },
  clock: Pick<Clock, 'now'>,
): Drill {
  const items = [...result.items.values()]
  return {
    ...headOf(draft, proof, clock),
    outcome: outcomeOf(system),
    content: contentOf(plan.objects),
    items: items.length,
    files: items.reduce((sum, { files }) => sum + files, 0),
    plainBytes: items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    phases,
    notMeasured: notMeasured(system, proof, phases),
  }
}

export function failedDrill(
  draft: DrillDraft,
  proof: BackupProof,
  proved: DrillPhase,
  { at, error }: { readonly at: DrillPhaseName; readonly error: HoldfastError },
  clock: Pick<Clock, 'now'>,
): Drill {
  const because = [error.text.what, error.text.why].filter((part) => part !== undefined).join(' ')
  return {
    ...headOf(draft, proof, clock),
    outcome: { kind: 'failed', at, because },
    content: null,
    items: 0,
    files: 0,
    plainBytes: 0,
    phases: [proved],
    notMeasured: [],
  }
}

/** Of a backup that is bad before anything is restored. */
export function badDrill(
  draft: DrillDraft,
  proof: BackupProof,
  proved: DrillPhase,
  clock: Pick<Clock, 'now'>,
): Drill {
  return failedDrill(draft, proof, proved, { at: 'prove', error: unproved(proof.verified) }, clock)
}

/** Of what the system's own tool has restored on a host. */
export function toolDrill(
  draft: Omit<DrillDraft, 'dir'>,
  proof: BackupProof,
  end: ToolDrillEnd,
  proved: DrillPhase,
  clock: Pick<Clock, 'now'>,
): Drill {
  const { outcome, items, plainBytes, seen, folder, folderStands } = end
  return {
    ...headOf({ ...draft, dir: folder }, proof, clock),
    folderStands,
    outcome,
    content: outcome.kind === 'failed' ? null : contentOf(hashesOf(proof)),
    items,
    files: proof.backup.toolDrill?.files ?? 0,
    plainBytes,
    phases: [proved, ...end.phases],
    seen,
    notMeasured: end.notMeasured,
  }
}

function hashesOf({ backup, result }: BackupProof) {
  return backup.objects.map(({ key }) => {
    const object = result.evidence.object(key)
    return { key, sha256: object.kind === 'read' ? object.facts.sha256 : null }
  })
}

function outcomeOf({ restoreWarning }: BackupSystem): DrillOutcome {
  return restoreWarning === undefined ? { kind: 'restored' } : { kind: 'readable', because: restoreWarning }
}

function notMeasured(
  { afterTheBytes }: BackupSystem,
  proof: BackupProof,
  phases: readonly DrillPhase[],
): readonly string[] {
  const remembered = rememberedWords(proof, phases)
  return remembered === null ? [afterTheBytes] : [remembered, afterTheBytes]
}

/** What a desk that remembers nothing has to read first; null where this drill has read it all. */
function rememberedWords(
  { backup, verified, result }: BackupProof,
  phases: readonly DrillPhase[],
): string | null {
  const read = phases.find(({ name }) => name === 'read')
  const bytes = backup.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) - result.bytesRead
  if (bytes <= 0 || read === undefined || read.bytes === 0) return null
  const since = verified.report.stores.flatMap(({ verifiedAt }) => verifiedAt ?? []).sort()[0]
  const oldest = since === undefined ? '' : `, the oldest at ${since}`
  const moreMs = (read.tookMs / read.bytes) * bytes
  return `Proving ${bytesWords(bytes)} that were read before${oldest}: where nothing is remembered, about ${tookWords(moreMs)} more.`
}
