import { createAuditHandlers } from '../../../src/main/handlers/audit.ts'
import { implementation } from '../../../src/main/handlers/implement.ts'
import { createJobHandlers } from '../../../src/main/handlers/jobs.ts'
import { createVaultHandlers } from '../../../src/main/handlers/vault.ts'
import { createJobRunner } from '../../../src/main/jobs/job-runner.ts'
import type { Clock } from '../../../src/main/ports/clock.ts'
import type { JobRunner } from '../../../src/main/ports/job-runner.ts'
import type { Log } from '../../../src/main/ports/log.ts'
import type { Random } from '../../../src/main/ports/random.ts'
import { memoryJournalPlace } from '../job-journal.ts'
import { clusterHandlers } from './cluster-handlers.ts'
import { fakeSecrets } from './fake-secrets.ts'
import { fakeWorks } from './fake-works.ts'
import { repositoryHandlers } from './repository-handlers.ts'
import { sampleAudit } from './sample-audit.ts'
import { jobSpec, pastJobs } from './sample-jobs.ts'
import { backupHandlers, restoreHandlers, verifyHandlers } from './work-handlers.ts'
import { createWorld, type Scenario, type World } from './world.ts'

interface Parts {
  readonly scenario: Scenario
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/**
 * The whole contract over sample data in memory, for work on the window: nothing is read and nothing is written. Jobs run in
 * the real runner, over works that only let time pass on the clock.
 */
export async function createFakeDesk({ scenario, clock, random, log }: Parts) {
  const world = createWorld(scenario, clock)
  const audit = await sampleAudit(world)
  const place = memoryJournalPlace()
  for (const past of pastJobs(world.fleet, clock.now())) place.jobs.set(past.job.id, past)
  const works = fakeWorks(clock)
  const jobs = await createJobRunner({ journal: place.open(), works, clock, random, log, audit })
  jobs.onChange((id) => {
    world.changes.publish({ topic: 'jobs', id })
    world.changes.publish({ topic: 'audit' })
  })
  await startSome(world, jobs)
  const { host, settings } = implementation
  const router = implementation.router({
    host: {
      info: host.info.handler(() => ({
        version: '0.1.0',
        shell: 'browser' as const,
        stateFolder: '/home/ops/.local/state/holdfast',
        notices: [],
        stateIsReadOnly: false,
        targets: world.repositories.length,
      })),
      changes: host.changes.handler(async function* ({ signal }) {
        yield* world.changes.subscribe(signal)
      }),
      setVisible: host.setVisible.handler(() => ({})),
    },
    vault: createVaultHandlers(fakeSecrets(world)),
    repositories: repositoryHandlers(world),
    clusters: clusterHandlers(world, audit),
    backups: backupHandlers(world),
    verify: verifyHandlers(world, { jobs, audit }),
    restore: restoreHandlers(world, { jobs, audit }),
    jobs: createJobHandlers(jobs),
    audit: createAuditHandlers(audit),
    settings: {
      get: settings.get.handler(() => world.settings),
      set: settings.set.handler(({ input }) => {
        const given = Object.entries(input).filter(([, value]) => value !== undefined)
        world.settings = { ...world.settings, ...Object.fromEntries(given) }
        world.changes.publish({ topic: 'settings' })
        return world.settings
      }),
    },
  })
  return { router, close: () => jobs.close() }
}

/** Two that run and one that fails soon. */
async function startSome({ fleet }: World, jobs: JobRunner): Promise<void> {
  const start = async (name: string, detail: string, request: object): Promise<void> => {
    const sample = fleet.find(({ cluster }) => cluster.name === name)
    if (sample !== undefined) await jobs.start(jobSpec('verify', sample.cluster, detail, request))
  }
  await start('kindling-eu', 'all 61 backups', {
    backups: 61,
    bytes: 46_200_000_000,
    bytesPerSecond: 82_000_000,
  })
  await start('kiok-stage', 'all 30 backups', {
    backups: 30,
    bytes: 1_900_000_000,
    bytesPerSecond: 21_000_000,
  })
  await start('chango-dr', 'the newest backup', {
    bytes: 400_000_000,
    bytesPerSecond: 4_000_000,
    fails: true,
  })
  await start('armada-edge', 'all 40 backups', { backups: 40, bytes: 168_000_000 })
}
