import { HoldfastError } from '../../shared/domain/error.ts'
import { revealed } from '../../shared/domain/printable.ts'
import type { RestorePlan } from '../../shared/domain/restore-plan.ts'
import type { SavedCluster } from '../ports/desk-state.ts'

/** A plan is run only where exactly this one was confirmed, by the name typed in its code points. */
export function checkConfirmed(
  plan: Pick<RestorePlan, 'confirm' | 'targetDir' | 'cluster'>,
  hash: string,
  { planHash, confirm }: { readonly planHash: string; readonly confirm: string },
): void {
  if (planHash !== hash) {
    throw new HoldfastError('plan.changed', {
      what: `The plan is now ${hash.slice(0, 16)}…, not the one that was confirmed.`,
      why: 'The backup, the target or what is known of them changed since then.',
      unchanged: 'Nothing was changed.',
      next: 'Look at the plan again and confirm it.',
    })
  }
  checkTyped(confirm, plan.confirm, `It replaces what stands in ${plan.targetDir}.`)
}

export function checkTyped(typed: string, expected: string, why: string): void {
  if (typed === expected) return
  const shown = revealed(expected)
  const disguise = shown === expected ? '' : ` It has letters that only look like others: ${shown}`
  throw new HoldfastError('usage', {
    what: `The name that was typed to confirm (${revealed(typed)}) is not the right one.`,
    why,
    unchanged: 'Nothing was changed.',
    next: `Type ${expected}.${disguise}`,
  })
}

/** What is done to a cluster's data or settings: nothing where it is read-only, with a reason where it is protected. */
export function checkMode(cluster: Pick<SavedCluster, 'name' | 'mode'>, reason: string | null): void {
  checkReason(cluster, reason)
  checkAskable(cluster)
}

/** Throws `cluster.readOnly`: not even a snapshot is asked of one that is read-only here. */
export function checkAskable(cluster: Pick<SavedCluster, 'name' | 'mode'>): void {
  if (cluster.mode !== 'readOnly') return
  throw new HoldfastError('cluster.readOnly', {
    what: `${cluster.name} is read-only here: nothing of it is changed, restored or taken back.`,
    unchanged: 'Nothing was changed.',
    next: 'Give it another mode under Connection first; that change is kept in the audit chain.',
  })
}

/** Ceremony of a change to what is saved of a cluster: none where it is normal, a reason where it is protected. */
export function checkReason(cluster: Pick<SavedCluster, 'name' | 'mode'>, reason: string | null): void {
  if (cluster.mode !== 'protected' || (reason !== null && reason.trim() !== '')) return
  throw new HoldfastError('cluster.protected', {
    what: `${cluster.name} is protected: a change needs a reason.`,
    unchanged: 'Nothing was changed.',
    next: 'Say why; the reason is kept in the audit chain.',
  })
}
