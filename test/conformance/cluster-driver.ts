import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectionValues } from '../../src/shared/contract/connection-fields.ts'
import { clusterSchedule, probe as probeSchema, type Probe } from '../../src/shared/contract/masters.ts'
import { connectionField } from '../../src/shared/contract/connection-fields.ts'
import { healthOf } from '../../src/main/desk/live/health-of.ts'
import type { ClusterDriver, Session, SnapshotProgress } from '../../src/main/ports/cluster-driver.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { isHoldfastError } from '../../src/shared/domain/error.ts'
import { inSession } from './in-session.ts'

/** Masters that behave like a system's own, their refusals and faults included, with a repository that they write to. */
export interface LabCluster {
  /** Reaches all of it, with credentials that are right. */
  readonly values: ConnectionValues
  /** As `values`, with credentials that the masters refuse; null where the system asks for none. */
  readonly wrongCredentials: ConnectionValues | null
  /** Everything secret that is put in anywhere: none of it may ever come out. */
  readonly secrets: readonly string[]
  /** A session over the real transports, with the lab's credentials. `close` ends it. */
  session(signal?: AbortSignal): Session & { close(): Promise<void> }
  repository(): Promise<ObjectStore>
  /** How many requests have changed something, or were meant to. */
  changes(): number
  /** Makes the connection break after the next snapshot was asked for and before its answer. */
  breakNextSnapshot(): void
  /** A secret of the cluster's own configuration that a change of settings must leave alone; null where it has none. */
  keptSecret(): string | null
  /** Every master is gone: connections are refused. */
  kill(): Promise<void>
  close(): Promise<void>
}

export interface DriverLab {
  readonly driver: ClusterDriver
  start(): Promise<LabCluster>
  /** Ways to take a snapshot that the lab has all parts of; left out: all. */
  readonly ways?: readonly string[]
  /** Values of a setting that can be changed, to try; left out where none can. */
  readonly change?: { readonly name: string; readonly to: string }
}

const silent: SnapshotProgress = { progress: () => undefined, log: () => undefined }

/** What every driver promises, on its lab. */
export function describeClusterDriver(lab: DriverLab): void {
  const { driver } = lab
  const ways = driver.snapshotWays.map(({ id }) => id).filter((id) => lab.ways?.includes(id) ?? true)

  async function using<T>(work: (cluster: LabCluster) => Promise<T>): Promise<T> {
    const cluster = await lab.start()
    try {
      return await work(cluster)
    } finally {
      await cluster.close()
    }
  }

  async function probesOf(
    cluster: LabCluster,
    values: ConnectionValues = cluster.values,
  ): Promise<readonly Probe[]> {
    return inSession(cluster, async (session) => collect(driver.connect(values).probe(session)))
  }

  async function keysOf(cluster: LabCluster): Promise<ReadonlySet<string>> {
    const store = await cluster.repository()
    try {
      const keys = new Set<string>()
      for await (const entry of store.list()) if (entry.kind === 'object') keys.add(entry.key)
      return keys
    } finally {
      await store.close()
    }
  }

  describe(`The driver of ${driver.system}`, () => {
    test('says what its form asks for, and what it can do, in sentences', () => {
      expect(driver.fields.length).toBeGreaterThan(0)
      for (const field of driver.fields) expect(connectionField.parse(field)).toEqual(field)
      expect(new Set(driver.fields.map(({ name }) => name)).size).toBe(driver.fields.length)
      expect(driver.summary).toMatch(/\.$/)
      expect(driver.snapshotWays.length).toBeGreaterThan(0)
      for (const { does, consequences } of driver.snapshotWays) {
        for (const sentence of [does, ...consequences]) expect(sentence).toMatch(/\.$/)
      }
      for (const sentence of driver.nobodyDoes) expect(sentence).toMatch(/\.$/)
    })

    test('refuses a connection that is none, and names the field', () => {
      const refused = (values: unknown): string => {
        try {
          driver.connect(values)
        } catch (error) {
          if (isHoldfastError(error, 'connection.invalid')) return error.message
          throw error
        }
        return 'accepted'
      }
      expect(refused(null)).not.toBe('accepted')
      expect(refused({ noSuchField: 1 })).toContain('noSuchField')
      const required = driver.fields.find((field) => field.required)
      if (required !== undefined) expect(refused({})).toContain(required.name)
    })

    describe('on its lab', () => {
      let cluster: LabCluster
      beforeAll(async () => {
        cluster = await lab.start()
      })
      afterAll(async () => cluster.close())

      test('asks each question once, changes nothing by asking, and finds a healthy cluster healthy', async () => {
        const probes = await probesOf(cluster)
        for (const each of probes) expect(probeSchema.parse(each)).toEqual(each)
        const asked = probes.map(({ id, of }) => `${of} ${id}`)
        expect(new Set(asked).size).toBe(asked.length)
        expect(probes.some(({ id }) => id === 'answers')).toBe(true)
        expect(probes.filter(({ state }) => state === 'bad')).toEqual([])
        for (const { answer } of probes) expect(answer).toMatch(/\.$/)
        expect(['up', 'attention']).toContain(healthOf(probes, '2026-11-20T00:00:00Z').state)
        expect(cluster.changes()).toBe(0)
      })

      test('tells of each master whose clock it can read that it is another one than here', async () => {
        const aheadMs = 20 * 60_000
        const probes = await inSession(cluster, async (session) => {
          const clock = { ...session.clock, now: () => session.clock.now() + aheadMs }
          return collect(driver.connect(cluster.values).probe({ ...session, clock }))
        })
        const clocks = probes.filter(({ id }) => id === 'clock')
        // Only HTTP carries a time.
        expect(clocks.length > 0).toBe(driver.system !== 'armada')
        for (const { state, answer } of clocks)
          expect([state, answer]).toEqual(['warning', expect.stringContaining('behind this one')])
      })

      test('tells no secret in any answer', async () => {
        const told = JSON.stringify([
          await probesOf(cluster),
          await inSession(cluster, async (session) => driver.connect(cluster.values).schedule(session)),
        ])
        for (const secret of cluster.secrets) expect(told).not.toContain(secret)
      })

      test('answers instead of throwing where the credentials are refused', async () => {
        if (cluster.wrongCredentials === null) return
        const probes = await probesOf(cluster, cluster.wrongCredentials)
        expect(probes.some(({ state }) => state === 'bad')).toBe(true)
        for (const secret of cluster.secrets) expect(JSON.stringify(probes)).not.toContain(secret)
      })

      test('says what the cluster will do by itself', async () => {
        const schedule = await inSession(cluster, async (session) =>
          driver.connect(cluster.values).schedule(session),
        )
        expect(clusterSchedule.parse(schedule)).toEqual(schedule)
        expect(schedule.words).toMatch(/\.$/)
        expect(schedule.state === 'none').toBe(driver.scheduler === 'none')
        expect(schedule.next).toEqual(schedule.next.toSorted())
      })

      test('ends soon, and with a cancellation, when it is cancelled', async () => {
        const cancel = new AbortController()
        const probing = inSession(
          cluster,
          async (session) => {
            for await (const _ of driver.connect(cluster.values).probe(session)) cancel.abort()
          },
          cancel.signal,
        )
        // It may have been the last answer that was heard.
        await probing.catch((error: unknown) => expect(error).toMatchObject({ code: 'cancelled' }))
      })

      test('refuses a way to take a snapshot that it does not know', async () => {
        const before = cluster.changes()
        await expect(
          inSession(cluster, async (session) =>
            driver.connect(cluster.values).snapshot(session, 'no-such-way', silent),
          ),
        ).rejects.toMatchObject({ code: 'usage' })
        expect(cluster.changes()).toBe(before)
      })
    })

    test('answers for every master where all of them are dead', async () => {
      await using(async (cluster) => {
        await cluster.kill()
        const probes = await probesOf(cluster)
        const answers = probes.filter(({ id }) => id === 'answers')
        expect(answers.length).toBeGreaterThan(0)
        expect(answers.every(({ state }) => state === 'bad')).toBe(true)
        expect(probes.some(({ state }) => state === 'ok')).toBe(false)
        expect(healthOf(probes, '2026-11-20T00:00:00Z').state).toBe('down')
      })
    })

    test.each(ways)(
      'takes a snapshot in the way %s, asks once, and says what the repository then shows',
      async (way) => {
        await using(async (cluster) => {
          const before = await keysOf(cluster)
          const live = driver.connect(cluster.values)
          const outcome = await inSession(cluster, async (session) => {
            for await (const { state, answer } of live.beforeSnapshot(session, way))
              if (state === 'bad') throw new Error(`a lab that is not ready: ${answer}`)
            return live.snapshot(session, way, silent)
          })
          const added = [...(await keysOf(cluster))].filter((key) => !before.has(key))
          const makesNothing = driver.snapshotWays.find(({ id }) => id === way)?.makesNothing
          expect(outcome.kind).toBe(makesNothing === true ? 'onlyLogged' : 'made')
          if (makesNothing === true) expect(added).toEqual([])
          else expect(added).not.toEqual([])
          for (const secret of cluster.secrets) expect(JSON.stringify(outcome)).not.toContain(secret)
        })
      },
    )

    test.each(ways)('never asks twice where the answer to a snapshot in the way %s is lost', async (way) => {
      await using(async (cluster) => {
        cluster.breakNextSnapshot()
        const live = driver.connect(cluster.values)
        const outcome = await inSession(cluster, async (session) =>
          live.snapshot(session, way, silent),
        ).catch((error: unknown) => {
          if (isHoldfastError(error)) return error
          throw error
        })
        expect(cluster.changes()).toBeLessThanOrEqual(1)
        if (isHoldfastError(outcome)) {
          expect(outcome.text.unchanged ?? outcome.text.next).toBeDefined()
          expect(outcome.code).not.toBe('internal')
        } else expect(outcome.kind).not.toBe('made')
      })
    })

    const { change } = lab
    if (change !== undefined) {
      test(`changes its setting ${change.name}, and leaves its secrets as they are`, async () => {
        await using(async (cluster) => {
          const kept = cluster.keptSecret()
          const live = driver.connect(cluster.values)
          const { changeSettings } = live
          if (changeSettings === null) throw new Error('This driver changes no settings.')
          await inSession(cluster, async (session) => changeSettings(session, { [change.name]: change.to }))
          const schedule = await inSession(cluster, async (session) => live.schedule(session))
          expect(schedule.settings.find(({ name }) => name === change.name)?.value).toBe(change.to)
          expect(cluster.keptSecret()).toBe(kept)
        })
      })
    }
  })
}

async function collect(probes: AsyncIterable<Probe>): Promise<readonly Probe[]> {
  const all: Probe[] = []
  for await (const probe of probes) all.push(probe)
  return all
}
