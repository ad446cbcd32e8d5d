import type { SetupPlan } from '../../../shared/contract/setup.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Desk } from '../desk.ts'
import { planSetup, type PlannedSetup } from './plan-setup.ts'

/**
 * Writes exactly what was planned under this hash. Repositories come first, then the clusters that need them, then what needs a
 * cluster: wherever it is cut off, nothing points to what is not there, and the same import takes up the rest.
 */
export async function importSetup(
  { text, hash, reason }: { readonly text: string; readonly hash: string; readonly reason: string | null },
  desk: Desk,
): Promise<SetupPlan> {
  const { state, audit } = desk
  const seen = { repositories: state.repositories.list(), clusters: state.clusters.list() }
  const planned = await planSetup(text, desk)
  const { plan } = planned
  refuse(plan, hash, reason)
  if (plan.adds + plan.changes === 0) return plan
  await audit.append({ action: 'setup.imported', subject: 'Setup', facts: factsOf(plan), reason })
  await state.repositories.putAll(planned.repositories, demandSame(planned.repositories, seen.repositories))
  await state.clusters.putAll(planned.clusters, demandSame(planned.clusters, seen.clusters))
  await state.targets.putAll(planned.targets)
  const anchorChanges = JSON.stringify(planned.settings?.auditAnchor) !== anchorNow(desk)
  if (planned.settings !== null) await state.settings.set(planned.settings)
  tell(planned, desk)
  if (planned.settings?.auditAnchor && anchorChanges) await desk.anchoring.now()
  return plan
}

/** What was planned is held against what was saved then: a pin or a host key that came since would be lost. */
function demandSame<T extends { readonly id: string; readonly name: string }>(
  planned: readonly T[],
  seen: readonly T[],
): (now: readonly T[]) => void {
  const textOf = (records: readonly T[], id: string): string | undefined =>
    JSON.stringify(records.find((record) => record.id === id))
  return (now) => {
    const changed = planned.find(({ id }) => textOf(now, id) !== textOf(seen, id))
    if (changed === undefined) return
    throw new HoldfastError('plan.changed', {
      what: `${changed.name} was changed while this was imported.`,
      why: 'Another window, or the console itself, changed it.',
      unchanged: 'It is as that left it, and so is everything that the file has after it.',
      next: 'Look at the plan again: it has what is not here yet.',
    })
  }
}

function anchorNow({ state }: Desk): string {
  return JSON.stringify(state.settings.get().auditAnchor)
}

function refuse(plan: SetupPlan, hash: string, reason: string | null): void {
  const [refused] = plan.rows.filter(({ fate }) => fate === 'refuse')
  if (refused !== undefined) {
    throw new HoldfastError('usage', {
      what: `${refused.name} cannot be imported, so nothing is.`,
      ...(refused.because !== null && { why: refused.because }),
      unchanged: 'Nothing was changed.',
      next: 'Mend that in the file, or take it out, and look at the plan again.',
    })
  }
  if (plan.hash !== hash) {
    throw new HoldfastError('plan.changed', {
      what: `The plan is now ${plan.hash.slice(0, 16)}…, not the one that was shown.`,
      why: 'The file, or what is saved here, changed since then.',
      unchanged: 'Nothing was changed.',
      next: 'Look at the plan again.',
    })
  }
  if (!plan.needsReason || (reason !== null && reason !== '')) return
  throw new HoldfastError('usage', {
    what: 'This import needs a reason.',
    why:
      plan.weakenings > 0
        ? 'Something would be guarded less, or more would be trusted, than now.'
        : 'It changes a cluster that is protected.',
    unchanged: 'Nothing was changed.',
    next: 'Say why; the reason is kept in the audit chain.',
  })
}

function factsOf(plan: SetupPlan): { name: string; value: string }[] {
  const { hash, rows, adds, changes, same } = plan
  return [
    { name: 'plan', value: hash },
    { name: 'added', value: String(adds) },
    { name: 'changed', value: String(changes) },
    { name: 'same', value: String(same) },
    ...rows.flatMap(({ name, fields }) =>
      fields.flatMap(({ field, before, after, weakens }) =>
        weakens === null
          ? []
          : [
              {
                name: `weaker: ${name}, ${field}`,
                value: `${before ?? 'none'} → ${after ?? 'none'}. ${weakens}`,
              },
            ],
      ),
    ),
  ]
}

function tell({ repositories, clusters, settings }: PlannedSetup, desk: Desk): void {
  for (const { id } of repositories) desk.views.changed(id)
  for (const { id, repositoryId } of clusters) {
    desk.healths.forget(id)
    desk.views.changed(repositoryId)
  }
  void desk.views.refreshAll(clusters.map(({ id }) => id))
  if (repositories.length > 0) desk.publish({ topic: 'repositories' })
  if (clusters.length > 0) desk.publish({ topic: 'fleet' })
  if (settings !== null) desk.publish({ topic: 'settings' })
}
