/** What was chosen so far; kept while the window is open, so that leaving costs nothing. Never a secret. */
export interface Draft {
  readonly step: 'choose' | 'check' | 'plan' | 'confirm' | 'run'
  readonly backupId: string | null
  readonly targetDir: string
  readonly reason: string
  readonly typed: string
  /** Counts the checks that were asked for: another number checks again. */
  readonly attempt: number
  readonly jobId: string | null
}

export function newDraft(backupId: string | null): Draft {
  return { step: 'choose', backupId, targetDir: '', reason: '', typed: '', attempt: 0, jobId: null }
}

/** A change of what is restored, or where to, takes the confirmation back. */
export function choose(draft: Draft, change: Partial<Pick<Draft, 'backupId' | 'targetDir'>>): Draft {
  return { ...draft, ...change, step: 'choose', typed: '', jobId: null }
}

/** Why the path cannot be a target; null where it can be looked at. */
export function targetFault(targetDir: string): string | null {
  if (targetDir === '') return 'Where to?'
  if (!targetDir.startsWith('/')) return 'Write the path from the root: /srv/restore.'
  return targetDir.includes('\0') ? 'A path has no NUL.' : null
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
