import { setImmediate } from 'node:timers/promises'
import { throwIfCancelled } from '../../../src/shared/domain/cancelled.ts'
import type { Clock } from '../../../src/main/ports/clock.ts'
import type { Session, SnapshotProgress } from '../../../src/main/ports/cluster-driver.ts'
import type { ObjectStore } from '../../../src/main/ports/object-store.ts'
import { armadaConnection, type ArmadaConnection } from '../../../src/main/systems/armada/live/connection.ts'
import { armadaPairs, makeArmadaBackup } from '../armada.ts'
import type { ArmadaLabServer } from './armada.ts'
import type { Contents } from './armada-tables.ts'
import { startArmadaCluster, type ArmadaCluster } from './armada-session.ts'

/** A server with tables, and a backup of another state of them. */
export interface RestoreLab {
  readonly cluster: ArmadaCluster
  readonly server: ArmadaLabServer
  readonly session: Session
  readonly config: ArmadaConnection
  readonly store: ObjectStore
  readonly backupId: string
  /** What the tables were when the lab was made. */
  readonly before: ReadonlyMap<string, Contents>
  /** What the backup holds. */
  readonly saved: ReadonlyMap<string, Contents>
  readonly report: SnapshotProgress
  readonly log: readonly string[]
}

export interface RestoreLabOptions {
  /** Of the server. */
  readonly tables?: Readonly<Record<string, number>>
  /** Of the backup. */
  readonly saved?: Readonly<Record<string, number>>
  readonly version?: 1 | 2
  readonly backupVersion?: 1 | 2
  readonly logBytes?: number
  readonly connection?: Partial<ArmadaConnection>
  readonly signal?: AbortSignal
}

/** Waits take no time, and the time goes on all the same. */
export function hurriedClock(): Clock {
  let skippedMs = 0
  return {
    now: () => Date.now() + skippedMs,
    async wait(ms, signal) {
      throwIfCancelled(signal)
      skippedMs += ms
      await setImmediate()
      throwIfCancelled(signal)
    },
  }
}

export async function withRestoreLab<T>(
  work: (lab: RestoreLab) => Promise<T>,
  {
    tables = { accounts: 40, limits: 5, sessions: 30 },
    saved = { accounts: 60, sessions: 45 },
    version = 1,
    backupVersion = version,
    // Some ten records a batch.
    logBytes = 5_000,
    connection = {},
    signal,
  }: RestoreLabOptions = {},
): Promise<T> {
  const cluster = await startArmadaCluster(tables, { version, logBytes })
  const { server } = cluster
  const store = await cluster.repository()
  const session = { ...cluster.session(signal), clock: hurriedClock() }
  const log: string[] = []
  try {
    const backupId = '20261119T020000Z'
    await makeArmadaBackup(
      backupId,
      '2026-11-19T02:00:00Z',
      { seed: 'saved', tables: saved, version: backupVersion },
      store,
    )
    return await work({
      cluster,
      server,
      session,
      config: { ...armadaConnection.parse({ servers: [server.origin] }), ...connection },
      store,
      backupId,
      before: contentsOf(server),
      saved: new Map(Object.entries(saved).map(([table, keys]) => [table, pairsOf('saved', table, keys)])),
      report: { progress: () => undefined, log: (_, text) => log.push(text) },
      log,
    })
  } finally {
    await session.close()
    await store.close()
    await cluster.close()
  }
}

export function contentsOf({ tables }: ArmadaLabServer): ReadonlyMap<string, Contents> {
  return new Map(tables.names().map((table) => [table, tables.contents(table)]))
}

function pairsOf(seed: string, table: string, keys: number): Contents {
  return new Map(
    [...armadaPairs(seed, table, keys)].map(({ key, value }) => [key.toString('latin1'), value] as const),
  )
}

/** As text, so that a difference is told in few words. */
export function fingerprint(contents: Contents | undefined): string {
  if (contents === undefined) return 'no such table'
  return [...contents]
    .map(([key, value]) => `${key}=${value.toString('hex')}`)
    .toSorted()
    .join('\n')
}
