import { mastersConnection } from '../desk/live/connection.ts'
import { previewSettings, writeSettings } from '../desk/live/settings.ts'
import { scheduleOf, setOwnSchedule } from '../desk/live/schedules.ts'
import { offerSnapshot, startSnapshot } from '../desk/live/start-snapshot.ts'
import { testConnection } from '../desk/live/test-connection.ts'
import type { Desk } from '../desk/desk.ts'
import { savedCluster } from '../desk/saved.ts'
import { describeSystems } from '../desk/live/describe-systems.ts'
import { nextFires } from '../engine/live/next-fires.ts'
import { implementation, never, type OneAtATime } from './implement.ts'

/** `alone`: whether a snapshot runs is looked up before another one is begun. */
export function createMasterHandlers(desk: Desk, alone: OneAtATime) {
  const { state, healths } = desk
  const os = implementation.masters
  const connection = mastersConnection(desk)
  return {
    systems: os.systems.handler(describeSystems),

    connection: os.connection.handler(async ({ input }) => ({
      values: await connection.shown(savedCluster(input.id, state)),
    })),

    test: os.test.handler(async function* ({ input, signal = never }) {
      yield* testConnection(savedCluster(input.id, state), input.values, desk, signal)
    }),

    save: os.save.handler(async ({ input }) => {
      await connection.save(savedCluster(input.id, state), input.values, input.reason ?? null)
      return {}
    }),

    disconnect: os.disconnect.handler(async ({ input }) => {
      await connection.forget(savedCluster(input.id, state), input.reason ?? null)
      return {}
    }),

    health: os.health.handler(({ input }) => healths.get(savedCluster(input.id, state).id)),

    probe: os.probe.handler(async function* ({ input, signal = never }) {
      const cluster = savedCluster(input.id, state)
      yield* healths.probe(cluster, signal)
    }),

    snapshotOffer: os.snapshotOffer.handler(async ({ input }) =>
      offerSnapshot(savedCluster(input.id, state), desk),
    ),

    snapshot: os.snapshot.use(alone).handler(async ({ input }) => startSnapshot(input, desk)),

    schedule: os.schedule.handler(async ({ input, signal = never }) =>
      scheduleOf(savedCluster(input.id, state), desk, signal),
    ),

    previewSettings: os.previewSettings.handler(async ({ input, signal = never }) =>
      previewSettings(savedCluster(input.id, state), input.changes, desk, signal),
    ),

    changeSettings: os.changeSettings.handler(async ({ input, signal = never }) =>
      writeSettings(input, desk, signal),
    ),

    nextTimes: os.nextTimes.handler(({ input: { cron, zone } }) => ({
      next: [...nextFires(cron, zone, desk.clock.now(), 3)],
    })),

    setOwnSchedule: os.setOwnSchedule.handler(async ({ input }) => ({
      next: [...(await setOwnSchedule(input, desk))],
    })),
  }
}
