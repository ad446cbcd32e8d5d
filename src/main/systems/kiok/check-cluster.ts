import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import type { ObjectFacts } from '../../../shared/domain/object-facts.ts'
import { pinnedSalt, saltOf } from '../../engine/verify/cluster-pin.ts'
import type { ClusterPin } from '../../ports/catalog.ts'

/** A manifest that names another cluster than this repository has had so far. */
export function checkClusterName(cluster: string | null, pin: ClusterPin | null): readonly Finding[] {
  if (cluster === null || pin === null || pin.cluster === null || cluster === pin.cluster) return []
  const message =
    `The manifest is of cluster ${JSON.stringify(cluster)}; this repository has been of ${JSON.stringify(pin.cluster)} ` +
    `since it was first verified on ${pin.since}.`
  return [errorFinding('manifest.clusterMismatch', message)]
}

/** An object that the right key opens, but with a salt that is not this cluster's: a name in a manifest is soon edited. */
export function checkSalt(store: string, facts: ObjectFacts, pin: ClusterPin | null): readonly Finding[] {
  const salt = saltOf(facts)
  const pinned = salt === null ? null : pinnedSalt(pin, salt)
  if (salt === null || pin === null || pinned === null || salt.salt === pinned) return []
  const message =
    `${store} was sealed with the same master key, but with another salt than every object of this cluster since ` +
    `${pin.since}: it was made by another cluster that has the same key.`
  return [errorFinding('manifest.clusterMismatch', message)]
}
