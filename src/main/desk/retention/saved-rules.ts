import { mostPins, type RetentionView, type SavedRetention } from '../../../shared/contract/retention.ts'
import type { RetentionRules } from '../../../shared/domain/retention.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { refuseRules } from '../../operations/prune.ts'
import type { AuditEvent } from '../../ports/audit-log.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import { backupSystemOf } from '../../systems/registry.ts'
import { checkReason } from '../confirm.ts'
import type { Desk } from '../desk.ts'
import { changeCluster } from '../saved.ts'
import { sharersOf } from './shared-holds.ts'

/** What is saved of a cluster's retention, and what counts beside it. */
export async function retentionOf(cluster: SavedCluster, { state }: Desk): Promise<RetentionView> {
  const system = await backupSystemOf(cluster.system)
  const { rules, sweepsOrphans, pins } = cluster.retention
  return {
    rules,
    sweepsOrphans,
    pins: [...pins],
    usual: system.usualRetention ?? null,
    sharedWith: sharersOf(cluster, state)
      .slice(1)
      .map(({ name }) => name),
  }
}

export async function saveRules(
  cluster: SavedCluster,
  {
    rules,
    sweepsOrphans,
    reason = null,
  }: Pick<SavedRetention, 'rules' | 'sweepsOrphans'> & { readonly reason?: string | null | undefined },
  desk: Desk,
): Promise<RetentionView> {
  checkReason(cluster, reason)
  if (rules !== null) refuseRules(rules)
  const event = {
    action: 'retention.changed',
    facts: [
      { name: 'before', value: rulesWords(cluster.retention) },
      { name: 'after', value: rulesWords({ rules, sweepsOrphans }) },
    ],
    reason,
  }
  return keep(cluster, (now) => ({ ...now, rules, sweepsOrphans }), event, desk)
}

/** A pin with a newer reason takes the place of the older one. */
export async function pinBackup(
  cluster: SavedCluster,
  { backupId, reason }: { readonly backupId: string; readonly reason: string },
  desk: Desk,
): Promise<RetentionView> {
  refuseWhilePruning(cluster, desk)
  const { backups } = await desk.views.view(cluster.id)
  const isThere = backups.some(({ backup }) => backup.backupId === backupId)
  if (!isThere) {
    throw new HoldfastError('backup.notFound', {
      what: `${cluster.name} has no backup ${JSON.stringify(backupId)}.`,
      why: 'It was deleted, or its name is another one.',
      unchanged: 'Nothing was pinned.',
      next: 'Look at its backups again.',
    })
  }
  const pin = { backupId, reason, at: new Date(desk.clock.now()).toISOString() }
  // One may have begun while the backups were listed.
  refuseWhilePruning(cluster, desk)
  const event = { action: 'backup.pinned', facts: [{ name: 'backup', value: backupId }], reason }
  const change = (now: SavedRetention): SavedRetention => ({
    ...now,
    pins: [...withoutPin(now, backupId), pin],
  })
  refuseTooMany(cluster, change(cluster.retention))
  return keep(cluster, change, event, desk)
}

function refuseTooMany({ name }: SavedCluster, { pins }: SavedRetention): void {
  if (pins.length <= mostPins) return
  throw new HoldfastError('usage', {
    what: `${name} has ${mostPins} pinned backups already, and can have no more.`,
    unchanged: 'Nothing was pinned.',
    next: 'Unpin one that is not needed any more.',
  })
}

export async function unpinBackup(
  cluster: SavedCluster,
  { backupId, reason = null }: { readonly backupId: string; readonly reason?: string | null | undefined },
  desk: Desk,
): Promise<RetentionView> {
  checkReason(cluster, reason)
  // Two windows may take the same pin away.
  if (!cluster.retention.pins.some((each) => each.backupId === backupId)) return retentionOf(cluster, desk)
  const event = { action: 'backup.unpinned', facts: [{ name: 'backup', value: backupId }], reason }
  return keep(cluster, (now) => ({ ...now, pins: withoutPin(now, backupId) }), event, desk)
}

function withoutPin({ pins }: SavedRetention, backupId: string): SavedRetention['pins'] {
  return pins.filter((pin) => pin.backupId !== backupId)
}

/** A clean-up has made its plan: a pin that comes later would promise what it cannot keep. */
export function refuseWhilePruning(
  cluster: SavedCluster,
  { jobs, state }: Pick<Desk, 'jobs' | 'state'>,
): void {
  const ids = new Set(sharersOf(cluster, state).map(({ id }) => id))
  const running = jobs
    .list()
    .find((job) => job.kind === 'prune' && job.state === 'running' && ids.has(job.clusterId ?? ''))
  if (running === undefined) return
  throw new HoldfastError('job.refused', {
    what: `Backups of ${running.subject} are being deleted now.`,
    why: `Job ${running.id} runs by a plan that knows nothing of this pin.`,
    unchanged: 'Nothing was pinned.',
    next: 'Wait for its end, or cancel it under Activity, then pin what is left.',
  })
}

/** The entry comes first: what cannot be written down is not done. */
async function keep(
  cluster: SavedCluster,
  change: (now: SavedRetention) => SavedRetention,
  event: Omit<AuditEvent, 'subject'>,
  desk: Desk,
): Promise<RetentionView> {
  await desk.audit.append({ ...event, subject: cluster.name })
  const changed = await changeCluster(
    cluster.id,
    (now) => ({ ...now, retention: change(now.retention) }),
    desk.state,
  )
  desk.publish({ topic: 'cluster', id: cluster.id })
  return retentionOf(changed, desk)
}

function rulesWords({ rules, sweepsOrphans }: Pick<SavedRetention, 'rules' | 'sweepsOrphans'>): string {
  const words = rules === null ? [] : ruleWords(rules)
  const swept = sweepsOrphans ? ['leftovers go as well'] : []
  return [...(words.length === 0 ? ['none'] : words), ...swept].join(', ')
}

function ruleWords({ keepLast, keepDays, atMost }: RetentionRules): string[] {
  return [
    ...(keepLast === null ? [] : [`the newest ${keepLast}`]),
    ...(keepDays === null ? [] : [`younger than ${keepDays} days`]),
    ...(atMost === null ? [] : [`at most ${atMost} for being young`]),
  ]
}
