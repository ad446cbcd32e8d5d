import { targetFaultOf } from '../../../shared/domain/target-address.ts'

/** The pages of the wizard that a draft can stand at; `run` shows the result once the job has ended. */
export type DraftStep = 'choose' | 'check' | 'plan' | 'confirm' | 'run'

/** What was chosen so far; kept while the window is open, so that leaving costs nothing. Never a secret. */
export interface Draft {
  readonly step: DraftStep
  readonly backupId: string | null
  readonly targetDir: string
  readonly reason: string
  readonly typed: string
  /** Counts the checks that were asked for: another number checks again. */
  readonly attempt: number
  readonly jobId: string | null
  /** What the checks and the plan came to, for the rail of a run. */
  readonly said: { readonly checks: string; readonly isWarned: boolean; readonly plan: string } | null
}

export function newDraft(backupId: string | null): Draft {
  return {
    step: 'choose',
    backupId,
    targetDir: '',
    reason: '',
    typed: '',
    attempt: 0,
    jobId: null,
    said: null,
  }
}

/** A change of what is restored, or where to, takes the confirmation back. */
export function choose(draft: Draft, change: Partial<Pick<Draft, 'backupId' | 'targetDir'>>): Draft {
  return { ...draft, ...change, step: 'choose', typed: '', jobId: null, said: null }
}

/**
 * The draft of somebody who comes (back) to the wizard. `backupId`: the one that was asked for, null where just any was. A
 * plan does not outlive a visit, so what needs one begins at the checks again; a run goes on and is shown.
 */
export function resumed(
  kept: Draft | undefined,
  { backupId, newest }: { readonly backupId: string | null; readonly newest: string | null },
): Draft {
  if (kept === undefined) return newDraft(backupId ?? newest)
  if (backupId !== null && backupId !== kept.backupId) {
    return { ...newDraft(backupId), targetDir: kept.targetDir, reason: kept.reason }
  }
  if (kept.jobId !== null || kept.step === 'choose') return kept
  return { ...kept, step: 'check', typed: '', said: null }
}

/** Why the path cannot be a target; null where it can be looked at. */
export function targetFault(targetDir: string): string | null {
  if (targetDir === '') return 'Where to?'
  return targetDir.includes('\0') ? 'A path has no NUL.' : targetFaultOf(targetDir)
}

/** True once the plan may be run: the name is the expected one, code point by code point, and a reason is there where one is asked for. */
export function isConfirmed(
  { typed, reason }: Pick<Draft, 'typed' | 'reason'>,
  { expected, needsReason }: { readonly expected: string; readonly needsReason: boolean },
): boolean {
  return typed === expected && (!needsReason || reason.trim() !== '')
}

const drafts = new Map<string, Draft>()

export function keptDraft(clusterId: string): Draft | undefined {
  return drafts.get(clusterId)
}

export function keepDraft(clusterId: string, draft: Draft): void {
  drafts.set(clusterId, draft)
}

export function dropDraft(clusterId: string): void {
  drafts.delete(clusterId)
}
