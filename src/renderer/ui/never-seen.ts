import type { Cluster } from '../../shared/contract/clusters.ts'

/** Nothing is known of its backups: it was not looked at yet, or no look has ever reached its repository. */
export function isNeverSeen(look: Cluster['look']): boolean {
  return look === null || (look.failure !== null && look.days.length === 0)
}
