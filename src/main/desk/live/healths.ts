import type { Health, Probe } from '../../../shared/contract/masters.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { failureOf } from '../../../shared/domain/failure.ts'
import { createWeightedSlots } from '../../../shared/streams/weighted-slots.ts'
import type { ClusterDriver, LiveCluster } from '../../ports/cluster-driver.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import { driverOf } from '../../systems/drivers.ts'
import type { DeskPorts } from '../ports.ts'
import { healthOf } from './health-of.ts'
import { openSession } from './open-session.ts'

/** What is known of the masters of the clusters that are connected. From memory; begins with nothing at each start. */
export interface Healths {
  /** Null before the first time. */
  get(clusterId: string): Health | null
  /** Asks now, and remembers what came back once everything has. Throws `connection.missing`. */
  probe(cluster: SavedCluster, signal: AbortSignal): AsyncGenerator<Probe, void, undefined>
  /** As `probe`, for what is nobody's wish at the moment: its failure is in the health. */
  refresh(cluster: SavedCluster, signal: AbortSignal): Promise<void>
  forget(clusterId: string): void
  /** Asks the masters of every connected cluster, again each time the interval has passed. */
  run(signal: AbortSignal): Promise<void>
}

/** Of all clusters together: a desk that watches fifty of them is no burden to the network. */
const placesAtOnce = 16
const askEveryMs = 60_000

export interface Connected {
  readonly driver: ClusterDriver
  readonly live: LiveCluster
}

/** Throws `connection.missing` or `connection.invalid`. */
export async function connectedCluster(
  cluster: Pick<SavedCluster, 'name' | 'system' | 'connection'>,
): Promise<Connected> {
  const driver = await driverOf(cluster.system)
  if (cluster.connection === null) {
    throw new HoldfastError('connection.missing', {
      what: `How the masters of ${cluster.name} are reached is not known here.`,
      next: 'Give its connection first: on its page Connection, or with "holdfast connect".',
    })
  }
  return { driver, live: driver.connect(cluster.connection) }
}

export function createHealths(ports: DeskPorts): Healths {
  const { state, clock, publish, log } = ports
  const known = new Map<string, Health>()
  const places = createWeightedSlots(placesAtOnce)

  function remember(clusterId: string, health: Health): void {
    if (state.clusters.get(clusterId) === null) return
    known.set(clusterId, health)
    publish({ topic: 'masters', id: clusterId })
  }

  async function* probe(cluster: SavedCluster, signal: AbortSignal): AsyncGenerator<Probe, void, undefined> {
    const { live } = await connectedCluster(cluster)
    const taken = await places.take(live.places, signal)
    const session = openSession(cluster, 'probe', ports, signal)
    try {
      const probes: Probe[] = []
      for await (const answer of live.probe(session)) {
        probes.push(answer)
        yield answer
      }
      remember(cluster.id, healthOf(probes, new Date(clock.now()).toISOString()))
    } finally {
      await session.close()
      taken.free()
    }
  }

  async function refresh(cluster: SavedCluster, signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of probe(cluster, signal)) continue
    } catch (error) {
      if (signal.aborted) return
      const failure = failureOf(error, log, 'probe')
      const at = new Date(clock.now()).toISOString()
      remember(cluster.id, { state: 'unknown', words: failure.what, at, probes: [], failure })
    }
  }

  return {
    get: (clusterId) => known.get(clusterId) ?? null,
    probe,
    refresh,
    forget(clusterId) {
      known.delete(clusterId)
      publish({ topic: 'masters', id: clusterId })
    },
    async run(signal) {
      // Masters that accept and never answer keep their own cluster back, and no other one's next round.
      const asking = new Set<string>()
      while (!signal.aborted) {
        for (const cluster of state.clusters.list()) {
          const { id } = cluster
          if (cluster.connection === null || asking.has(id)) continue
          asking.add(id)
          void refresh(cluster, signal).finally(() => asking.delete(id))
        }
        await clock.wait(askEveryMs, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
      }
    },
  }
}
