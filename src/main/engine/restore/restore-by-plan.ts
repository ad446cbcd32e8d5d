import type { RestoreTarget } from '../../ports/restore-target.ts'
import { lastDoneRun, readJournal, unfinishedRun } from './journal.ts'

export type RestoreByPlan =
  /** The last thing that changed the target for good was a restore by this plan that was asked for so. */
  | {
      readonly kind: 'stands'
      readonly movedAside: readonly { readonly name: string; readonly to: string }[]
    }
  | { readonly kind: 'unfinished'; readonly job: 'restore' | 'rollback'; readonly startedAt: string }
  | { readonly kind: 'none' }

/**
 * What the journal of a target says of the restore by one plan (null: by any) that a job or run asked for; nothing is changed and
 * nothing is ended. The same backup over the same names is the same plan, so the plan alone does not tell whose restore it was.
 */
export async function restoreByPlan(
  target: RestoreTarget,
  { planHash, askedBy }: { readonly planHash: string | null; readonly askedBy: string },
): Promise<RestoreByPlan> {
  const journal = readJournal(await target.readJournal(), target.dir)
  const open = unfinishedRun(journal)
  if (open !== null) return { kind: 'unfinished', job: open.begin.job, startedAt: open.begin.at }
  const last = lastDoneRun(journal)
  if (last === null || last.begin.job !== 'restore' || last.begin.askedBy !== askedBy) return { kind: 'none' }
  if (planHash !== null && last.begin.planHash !== planHash) return { kind: 'none' }
  const movedAside = (last.swap ?? []).flatMap(({ name, aside }) =>
    aside === null ? [] : [{ name, to: aside }],
  )
  return { kind: 'stands', movedAside }
}
