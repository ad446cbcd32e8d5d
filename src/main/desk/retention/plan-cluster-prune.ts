import type { RetentionPreview } from '../../../shared/contract/retention.ts'
import { commandLine, withNames } from '../../../shared/domain/command-line.ts'
import type { PrunePlan } from '../../../shared/domain/prune-plan.ts'
import type { RetentionRules } from '../../../shared/domain/retention.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { planPrune } from '../../operations/prune.ts'
import type { OpenRepository } from '../../operations/open-repository.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import { withClusterRepository } from '../cluster-repository.ts'
import type { DeskPorts } from '../ports.ts'
import { pinsAt } from './shared-holds.ts'

export interface WantedRules {
  readonly rules: RetentionRules
  readonly sweepsOrphans: boolean
}

export interface PlannedPrune {
  readonly plan: PrunePlan
  readonly hash: string
}

/** What these rules would delete of a saved cluster's repository, with the pins of every cluster that lies there. */
export async function planOpened(
  opened: OpenRepository,
  cluster: SavedCluster,
  { rules, sweepsOrphans }: WantedRules,
  { state, clock, signal }: Pick<DeskPorts, 'state' | 'clock'> & { readonly signal: AbortSignal },
): Promise<PlannedPrune> {
  const pins = pinsAt(cluster, state)
  return planPrune(opened, { rules, sweepsOrphans, hold: [], pins }, { clock, signal })
}

export async function planClusterPrune(
  cluster: SavedCluster,
  wanted: WantedRules,
  ports: DeskPorts,
  signal: AbortSignal,
): Promise<PlannedPrune> {
  return withClusterRepository(cluster, 'retention', ports, { signal }, async (opened) =>
    planOpened(opened, cluster, wanted, { ...ports, signal }),
  )
}

/** A plan is run only where exactly this one was confirmed. */
export function checkPlanned({ hash, plan }: PlannedPrune, confirmed: string): void {
  if (hash !== confirmed) {
    throw new HoldfastError('plan.changed', {
      what: 'What these rules would delete is not what the preview showed.',
      why: 'The repository, a pin or what is proved of a backup changed since, or a backup passed its age.',
      unchanged: 'Nothing was deleted.',
      next: 'Look at the preview again.',
    })
  }
  if (plan.deletes.length > 0) return
  throw new HoldfastError('usage', {
    what: 'There is nothing to delete.',
    why: 'These rules keep all that lies there.',
    unchanged: 'Nothing was deleted.',
    next: 'Look at the reason of each backup in the preview.',
  })
}

export function previewOf(
  { plan, hash }: PlannedPrune,
  cluster: SavedCluster,
  state: DeskPorts['state'],
): RetentionPreview {
  const pins = new Set(pinsAt(cluster, state).map(({ backupId }) => backupId))
  const { keepLast, keepDays, atMost } = plan.rules
  return {
    hash,
    rules: { keepLast, keepDays, atMost },
    sweepsOrphans: plan.sweepsOrphans,
    rows: plan.rows.map((row) => ({ ...row, isPinned: pins.has(row.backupId) })),
    orphans: plan.orphans.map((row) => ({ ...row })),
    objects: plan.deletes.length,
    freesBytes: plan.freesBytes,
    effects: effectsOf(plan),
    commandLine: commandLine([
      'holdfast',
      'retention',
      'apply',
      ...withNames(
        [cluster.name],
        [
          ...(keepLast === null ? [] : ['--keep-last', String(keepLast)]),
          ...(keepDays === null ? [] : ['--keep-days', String(keepDays)]),
          ...(atMost === null ? [] : ['--at-most', String(atMost)]),
          ...(plan.sweepsOrphans ? ['--orphans'] : []),
          '--plan',
          hash,
          '--confirm',
          cluster.name,
        ],
      ),
    ]),
  }
}

function effectsOf({ rows, deletes, repository }: PrunePlan): string[] {
  const stays = rows.reduce((sum, { staysObjects }) => sum + staysObjects, 0)
  const isUnproved = rows.length > 0 && rows.every(({ restorability }) => restorability !== 'restorable')
  return [
    ...(isUnproved
      ? ['No backup here is proved to be whole. Verify them first: until one is, none goes.']
      : []),
    ...(deletes.length === 0 ? [] : ['What is deleted cannot be brought back from here.']),
    ...(stays === 0 ? [] : ['Objects that backups which are kept need stay where they are.']),
    ...(deletes.length > 0 && repository.startsWith('s3:')
      ? ['Where the bucket keeps old versions, their bytes stay until it lets go of them.']
      : []),
  ]
}
