import {
  connectionValue,
  type ConnectionValue,
  type ConnectionValues,
} from '../../../shared/contract/connection-fields.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import { checkReason } from '../confirm.ts'
import type { Desk } from '../desk.ts'
import { changeCluster } from '../saved.ts'
import { keysInConnection } from '../trust-host.ts'
import { driverOf } from '../../systems/drivers.ts'

export interface MastersConnection {
  /** As saved, and by nothing but the fields that its system has; null: none. */
  shown(cluster: SavedCluster): Promise<ConnectionValue[] | null>
  /** Throws `connection.invalid` or `cluster.protected`. */
  save(cluster: SavedCluster, values: ConnectionValues, reason: string | null): Promise<void>
  forget(cluster: SavedCluster, reason: string | null): Promise<void>
}

/** How the masters of a cluster are reached, written down. Nothing is sent to them by that, but the questions afterwards. */
export function mastersConnection({ state, audit, healths, publish }: Desk): MastersConnection {
  async function keep(
    { id }: SavedCluster,
    change: (now: SavedCluster) => SavedCluster,
  ): Promise<SavedCluster> {
    const changed = await changeCluster(id, change, state)
    healths.forget(id)
    publish({ topic: 'fleet' })
    return changed
  }
  return {
    async shown(cluster) {
      if (cluster.connection === null) return null
      const { fields } = await driverOf(cluster.system)
      return fields.flatMap(({ name }) => {
        const one = connectionValue.safeParse({ name, value: cluster.connection?.[name] })
        return one.success ? [one.data] : []
      })
    },
    async save(cluster, values, reason) {
      checkReason(cluster, reason)
      const driver = await driverOf(cluster.system)
      driver.connect(values)
      await audit.append({
        action: 'connection.saved',
        subject: cluster.name,
        facts: [
          { name: 'before', value: JSON.stringify(cluster.connection) },
          { name: 'after', value: JSON.stringify(values) },
        ],
        reason,
      })
      const inConnection = await keysInConnection(cluster.system)
      const changed = await keep(cluster, (now) => inConnection({ ...now, connection: values }))
      void healths.refresh(changed, new AbortController().signal)
    },
    async forget(cluster, reason) {
      checkReason(cluster, reason)
      await audit.append({
        action: 'connection.removed',
        subject: cluster.name,
        facts: [{ name: 'before', value: JSON.stringify(cluster.connection) }],
        reason,
      })
      await keep(cluster, (now) => ({ ...now, connection: null, ownSchedule: null }))
    },
  }
}
