import { postureTitles, type PostureCheckId, type PostureState } from './posture-check.ts'

/** The posture of a cluster's repository, as far as its state follows from it. */
export interface JudgedPosture {
  readonly worst: {
    readonly id: PostureCheckId
    readonly state: PostureState
    readonly sentence: string
  } | null
}

/** What it says against a cluster. Bad alone: a warning shows in its own column, and would drown what hangs on a restore. */
export function postureFault(
  posture: JudgedPosture | null,
): { readonly word: string; readonly reason: { readonly lead: string; readonly detail: string } } | null {
  const worst = posture?.worst ?? null
  if (worst?.state !== 'bad') return null
  const reason = { lead: `${postureTitles[worst.id]}.`, detail: worst.sentence }
  return { word: 'Not protected', reason }
}
