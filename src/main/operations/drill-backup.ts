import { join } from 'node:path'
import { HoldfastError, isHoldfastError, type ErrorCode } from '../../shared/domain/error.ts'
import type { Drill, DrillPhase, DrillPhaseName } from '../../shared/domain/drill.ts'
import { verifyBackups, type VerifiedBackup, type VerifyResult } from '../engine/verify/verify-backups.ts'
import type { InventoryBackup } from '../ports/backup-system.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { OpenTarget, RestoreTarget } from '../ports/restore-target.ts'
import type { Scratch, ScratchSpace } from '../ports/scratch-space.ts'
import { verifyRequest, type OpenRepository } from './open-repository.ts'
import {
  badDrill,
  failedDrill,
  provePhase,
  restoredDrill,
  type DrillBy,
  type DrillDraft,
} from './drill-facts.ts'
import { planProved, proveBackup, type BackupPlan, type BackupProof } from './plan-backup.ts'
import { timedRestore } from './timed-restore.ts'

interface DrillProgress {
  readonly reached: (phase: DrillPhaseName) => void
  readonly progress: (doneBytes: number, totalBytes: number | null) => void
}

interface DrillParts extends DrillProgress {
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
}

export interface Drilled {
  readonly drill: Drill
  /** As the backup is judged with this drill. */
  readonly verified: VerifiedBackup
  readonly result: VerifyResult
}

/** Refused where a restore into a folder would show nothing of the backup. */
export function refuseDrill({ backupId, noDrill }: Pick<InventoryBackup, 'backupId' | 'noDrill'>): void {
  if (noDrill === undefined) return
  throw new HoldfastError('restore.refused', {
    what: `There is no drill of ${backupId} by its bytes.`,
    why: noDrill,
    unchanged: 'Nothing was begun.',
    next: 'Save its cluster with the connection: the tool that makes these backups then restores it for trial on a host.',
  })
}

/**
 * Restores a backup for trial into a scratch folder of its own, by the ordinary proof, plan and restore, times each phase,
 * remembers what came of it, and removes the folder again: also after a failure, and where it is cancelled. A backup that is bad,
 * or bytes that are not as they were when they were proved, is a drill that failed: it is remembered, and returned or thrown.
 * What says nothing of the backup (no room, a missing key, a refused folder) is thrown and not remembered.
 */
export async function drillBackup(
  backup: InventoryBackup,
  opened: OpenRepository,
  by: DrillBy,
  {
    above,
    apartFrom,
    scratch,
    openTarget,
    ...parts
  }: DrillParts & {
    /** The folder to make the scratch folder in; null for the usual one. */
    readonly above: string | null
    readonly apartFrom: readonly string[]
    readonly scratch: ScratchSpace
    readonly openTarget: OpenTarget
  },
): Promise<Drilled> {
  const { clock, signal, reached, progress } = parts
  refuseDrill(backup)
  const own = opened.address.kind === 'file' ? opened.address.folder : null
  const folder = await scratch.make(above, {
    what: `a drill of ${backup.backupId}`,
    apartFrom: own === null ? apartFrom : [...apartFrom, own],
  })
  const draft: DrillDraft = { ...by, startedMs: clock.now(), dir: folder.dir }
  let drill: Drill
  let judged: VerifyResult
  try {
    reached('prove')
    const proof = await proveBackup(backup, opened, {
      clock,
      signal,
      onProgress: ({ doneBytes, totalBytes }) => progress(doneBytes, totalBytes),
    })
    const proved = provePhase(draft, proof, clock)
    if (proof.verified.verdict === 'bad') {
      judged = proof.result
      drill = badDrill(draft, proof, proved, clock)
      opened.memory.rememberDrill(drill)
    } else {
      const target = await openTarget(join(folder.dir, 'restored'), own)
      try {
        const planned = await planProved(proof, target, opened, { clock, signal })
        drill = await drillPlanned(planned, target, opened, { draft, proved, proof, ...parts })
      } finally {
        await target.close()
      }
      // Nothing is read any more: what the drill has shown stands, also where it is cancelled now.
      const request = { ...verifyRequest(opened.system, null), reading: 'rememberedOnly' as const }
      judged = await verifyBackups([backup], request, proof.tools)
    }
    // Where it failed, that is what it failed at.
    reached('cleanUp')
  } finally {
    await cleanUp(folder, draft, opened, clock)
  }
  const [verified] = judged.backups
  if (verified === undefined) throw new Error('Nothing was judged.')
  return { drill: opened.memory.drills().find(({ id }) => id === by.id) ?? drill, verified, result: judged }
}

/** The restore of a drill and what it showed, remembered; its folder still stands. Shared with the runbook that rehearses. */
export async function drillPlanned(
  planned: BackupPlan,
  target: RestoreTarget,
  opened: OpenRepository,
  {
    draft,
    proved,
    proof,
    ...parts
  }: DrillParts & { readonly draft: DrillDraft; readonly proved: DrillPhase; readonly proof: BackupProof },
): Promise<Drill> {
  const { clock, random, signal, progress } = parts
  let at: DrillPhaseName = 'read'
  const reached = (phase: DrillPhaseName): void => {
    at = phase === 'unpack' ? 'read' : phase
    parts.reached(at)
  }
  try {
    const { result, phases } = await timedRestore(planned, target, {
      clock,
      random,
      signal,
      reached,
      onProgress: progress,
    })
    const drill = restoredDrill(draft, { planned, proof, result, phases: [proved, ...phases] }, clock)
    opened.memory.rememberDrill(drill)
    return drill
  } catch (error) {
    if (isHoldfastError(error) && blamesBackup.has(error.code)) {
      opened.memory.rememberDrill(failedDrill(draft, proof, proved, { at, error }, clock))
    }
    throw error
  }
}

/** What the bytes of a backup do to a restore; anything else says nothing of the backup. */
const blamesBackup: ReadonlySet<ErrorCode> = new Set([
  'restore.failed',
  'object.missing',
  'object.changed',
  'object.unreadable',
])

/** What cannot be removed is said in the drill, and is tried again at the next start. */
async function cleanUp(
  folder: Scratch,
  { id }: DrillBy,
  opened: OpenRepository,
  { now }: Pick<Clock, 'now'>,
): Promise<void> {
  const startedMs = now()
  try {
    await folder.remove()
    rememberCleanUp(id, now() - startedMs, opened)
  } catch (error) {
    if (!isHoldfastError(error)) throw error
  }
}

/** Of a drill that is remembered: its folder is gone. */
export function rememberCleanUp(
  id: string,
  tookMs: number,
  { memory }: Pick<OpenRepository, 'memory'>,
): void {
  const drill = memory.drills().find((each) => each.id === id)
  if (drill === undefined) return
  const phase: DrillPhase = { name: 'cleanUp', tookMs: Math.max(0, tookMs), bytes: drill.plainBytes }
  const phases = [...drill.phases.filter(({ name }) => name !== 'cleanUp'), phase]
  memory.rememberDrill({ ...drill, folderStands: false, phases })
}
