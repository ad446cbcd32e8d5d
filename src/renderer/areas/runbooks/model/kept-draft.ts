import { newStart, type StartDraft } from './start-draft.ts'

let kept: StartDraft | null = null

/** Leaving the wizard costs nothing while the window is open; another cluster begins anew. */
export function draftFor(clusterId: string | null): StartDraft {
  if (kept !== null && (clusterId === null || kept.clusterId === clusterId)) return kept
  return newStart(clusterId)
}

export function keepDraft(draft: StartDraft): void {
  kept = draft
}

export function dropDraft(): void {
  kept = null
}
