import type { LockableSetting, Policy } from '../../shared/contract/policy.ts'
import type { Settings } from '../../shared/contract/settings.ts'
import { atLeast, isBelow, modeWords, type ClusterMode } from '../../shared/domain/cluster-mode.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { Collection, DeskState, SavedCluster, Single } from '../ports/desk-state.ts'

/**
 * The saved state as the policy lets it count: locked settings have the policy's values, and no cluster is guarded less than it says.
 * What the operator had chosen stays saved beneath, and counts again once the policy is gone.
 */
export function underPolicy(state: DeskState, policy: Policy | null): DeskState {
  if (policy === null) return state
  return {
    ...state,
    settings: lockedSettings(state.settings, policy),
    clusters: guardedClusters(state.clusters, policy.leastMode),
  }
}

function lockedSettings(settings: Single<Settings>, policy: Policy): Single<Settings> {
  return {
    get: () => ({ ...settings.get(), ...locked(policy) }),
    set: async (value) => {
      const beneath = settings.get()
      const kept = lockedNames(policy).map((name) => [name, beneath[name]] as const)
      await settings.set({ ...value, ...Object.fromEntries(kept) })
    },
  }
}

function guardedClusters(clusters: Collection<SavedCluster>, least: ClusterMode): Collection<SavedCluster> {
  const seen = (cluster: SavedCluster): SavedCluster => ({ ...cluster, mode: atLeast(cluster.mode, least) })
  const beneath = (cluster: SavedCluster, saved = clusters.get(cluster.id)): SavedCluster =>
    saved !== null && seen(saved).mode === cluster.mode ? { ...cluster, mode: saved.mode } : cluster
  return {
    list: () => clusters.list().map(seen),
    get: (id) => {
      const cluster = clusters.get(id)
      return cluster && seen(cluster)
    },
    put: (cluster) => clusters.put(beneath(cluster)),
    putAll: (given, demand) =>
      clusters.putAll(
        given.map((cluster) => beneath(cluster)),
        demand && ((now) => demand(now.map(seen))),
      ),
    async change(id, change) {
      const changed = await clusters.change(id, (saved) => beneath(change(seen(saved)), saved))
      return changed && seen(changed)
    },
    remove: (id) => clusters.remove(id),
  }
}

export function lockedNames({ settings }: Policy): readonly LockableSetting[] {
  return (Object.keys(settings) as LockableSetting[]).filter((name) => settings[name] !== undefined)
}

/** The settings that are locked, with their values. */
export function locked(policy: Policy | null): Partial<Settings> {
  if (policy === null) return {}
  const { settings } = policy
  return Object.fromEntries(lockedNames(policy).map((name) => [name, settings[name]]))
}

/** Throws `policy.refused` where one of these is locked to another value. */
export function refuseLocked(given: Partial<Settings>, policy: Policy | null): void {
  if (policy === null) return
  const name = lockedNames(policy).find(
    (each) => given[each] !== undefined && given[each] !== policy.settings[each],
  )
  if (name === undefined) return
  throw refused(
    `The setting ${name} is locked on this machine to ${policy.settings[name] ?? 'none'}.`,
    policy,
  )
}

/** What a new cluster gets: as it is asked for, or as this machine demands at least. */
export function modeUnder(policy: Policy | null, asked: ClusterMode): ClusterMode {
  return policy === null ? asked : atLeast(asked, policy.leastMode)
}

/** Throws `policy.refused` where a cluster would be guarded less than it has to be. */
export function refuseBelow(mode: ClusterMode, policy: Policy | null): void {
  if (policy === null || !isBelow(mode, policy.leastMode)) return
  throw refused(`On this machine a cluster is at least ${modeWords[policy.leastMode]}.`, policy)
}

export function refused(what: string, { file }: Policy): HoldfastError {
  return new HoldfastError('policy.refused', {
    what,
    why: `Its administrator has written so in ${file}.`,
    unchanged: 'Nothing was changed.',
    next: 'Ask the administrator of this machine, if it has to be otherwise.',
  })
}
