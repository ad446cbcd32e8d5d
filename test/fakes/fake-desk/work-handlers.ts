import { implementation } from '../../../src/main/handlers/implement.ts'
import type { AuditLog } from '../../../src/main/ports/audit-log.ts'
import type { JobRunner } from '../../../src/main/ports/job-runner.ts'
import type { Backup, Chain } from '../../../src/shared/contract/backups.ts'
import type { Selection } from '../../../src/shared/contract/verify.ts'
import { commandLine } from '../../../src/shared/domain/command-line.ts'
import { HoldfastError } from '../../../src/shared/domain/error.ts'
import { sampleBackup, sampleContents, sampleHistory } from './sample-backup.ts'
import { jobSpec } from './sample-jobs.ts'
import { samplePrepare } from './sample-restore.ts'
import { iso } from './seeded.ts'
import { checkReason, checkTyped, sampleOf, type World } from './world.ts'

interface Parts {
  readonly jobs: JobRunner
  readonly audit: AuditLog
}

const backups = implementation.backups

export function backupHandlers(world: World) {
  const get = (clusterId: string, backupId: string): Backup => {
    const { cluster, chain } = sampleOf(clusterId, world)
    const backup = sampleBackup(chain(), cluster, placeOf(chain(), backupId))
    return backup ?? noBackup(backupId)
  }
  return {
    chain: backups.chain.handler(({ input }) => {
      const { cluster, chain } = sampleOf(input.clusterId, world)
      if (cluster.driver === 'repositoryOnly') {
        throw new HoldfastError('cluster.noDriver', {
          what: `What ${cluster.system} writes is not read here yet.`,
          next: 'Look at the objects under Repository.',
        })
      }
      return chain()
    }),
    get: backups.get.handler(({ input }) => get(input.clusterId, input.backupId)),
    contents: backups.contents.handler(async function* ({ input, signal }) {
      for (const event of sampleContents(get(input.clusterId, input.backupId))) {
        await world.clock.wait(250, signal)
        yield event
      }
    }),
    history: backups.history.handler(({ input }) => sampleHistory(get(input.clusterId, input.backupId))),
  }
}

const verify = implementation.verify

export function verifyHandlers(world: World, { jobs }: Parts) {
  const chosen = (chain: Chain, selection: Selection): Chain['backups'] => {
    if (selection.kind === 'all') return chain.backups
    if (selection.kind === 'latest') return chain.backups.slice(0, 1)
    return chain.backups.filter(({ backupId }) => selection.backupIds.includes(backupId))
  }
  const costOf = (chain: Chain, selection: Selection, recheck: boolean) => {
    const rows = chosen(chain, selection)
    const places = new Set(rows.flatMap(({ holds }) => holds))
    const objects = chain.objects.filter((_object, at) => places.has(at))
    const unread = objects.filter(({ state }) => recheck || state !== 'intact')
    return {
      backups: rows.length,
      objects: unread.length,
      bytes: unread.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
      remembered: objects.length - unread.length,
    }
  }
  return {
    cost: verify.cost.handler(({ input }) => {
      const { cluster, chain } = sampleOf(input.clusterId, world)
      const cost = costOf(chain(), input.selection, input.recheck)
      return {
        ...cost,
        oldestRemembered: cost.remembered === 0 ? null : iso(world.clock.now() - 6 * 86_400_000),
        estimateMs: (cost.bytes / 70_000_000) * 1_000,
        level: input.level ?? 'wellFormed',
        notes:
          cluster.system === 'armada' ? ['armada writes nothing that “decrypts” could be held against.'] : [],
        commandLine: commandLine([
          'holdfast',
          'verify',
          '--all',
          '--repository',
          cluster.address,
          '--system',
          cluster.system,
        ]),
      }
    }),
    start: verify.start.handler(async ({ input }) => {
      const { cluster, chain } = sampleOf(input.clusterId, world)
      const { backups: count, bytes } = costOf(chain(), input.selection, true)
      const { id } = await jobs.start(
        jobSpec('verify', cluster, `${count} backups`, { backups: count, bytes, bytesPerSecond: bytes / 20 }),
      )
      return { jobId: id }
    }),
    startKeyCheck: verify.startKeyCheck.handler(async ({ input }) => {
      const { cluster, chain } = sampleOf(input.clusterId, world)
      const count = chain().backups.length
      const { id } = await jobs.start(
        jobSpec('keyCheck', cluster, `${count} backups`, {
          backups: count,
          bytes: count * 4_096,
          bytesPerSecond: count * 1_024,
        }),
      )
      return { jobId: id }
    }),
    startCopy: verify.startCopy.handler(async ({ input }) => {
      const { cluster } = sampleOf(input.clusterId, world)
      const to = world.repositories.find(({ id }) => id === input.toRepositoryId)
      const { id } = await jobs.start(
        jobSpec('copy', cluster, `${input.backupId} to ${to?.name ?? ''}`, {
          backupId: input.backupId,
          targetDir: to?.address ?? '',
        }),
      )
      return { jobId: id }
    }),
  }
}

const restore = implementation.restore

export function restoreHandlers(world: World, { jobs, audit }: Parts) {
  return {
    targets: restore.targets.handler(() => [...world.targets]),
    prepare: restore.prepare.handler(async function* ({ input, signal }) {
      const { cluster, chain } = sampleOf(input.clusterId, world)
      const backup = chain().backups[placeOf(chain(), input.backupId)]
      if (backup === undefined) return noBackup(input.backupId)
      yield* samplePrepare(
        { cluster, chain: chain(), backup, targetDir: input.targetDir },
        {
          clock: world.clock,
          signal: signal ?? new AbortController().signal,
          planned: (plan) => void world.plans.set(plan.hash, plan),
        },
      )
    }),
    start: restore.start.handler(async ({ input }) => {
      const sample = sampleOf(input.clusterId, world)
      const plan = world.plans.get(input.planHash)
      if (plan === undefined) {
        throw new HoldfastError('plan.changed', {
          what: 'No plan with this hash was made here for this backup.',
          unchanged: 'Nothing was changed.',
          next: 'Make the plan again and confirm it.',
        })
      }
      checkReason(sample, input.reason)
      checkTyped(input.confirm, plan.confirm)
      await audit.append({
        action: 'restore.started',
        subject: sample.cluster.name,
        facts: [
          { name: 'backup', value: plan.backupId },
          { name: 'target', value: plan.targetDir },
          { name: 'plan', value: plan.hash },
        ],
        reason: input.reason ?? null,
      })
      const { id } = await jobs.start(
        jobSpec('restore', sample.cluster, `${plan.backupId} to ${plan.targetDir}`, {
          backupId: plan.backupId,
          targetDir: plan.targetDir,
          planHash: plan.hash,
          bytes: 2 * plan.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
          bytesPerSecond: 22_000_000,
          fails: plan.targetDir.includes('fail'),
        }),
      )
      return { jobId: id }
    }),
    startRollback: restore.startRollback.handler(async ({ input }) => {
      checkTyped(input.confirm, input.targetDir.split('/').findLast((part) => part !== '') ?? '')
      await audit.append({
        action: 'rollback.started',
        subject: input.targetDir,
        facts: [],
        reason: input.reason ?? null,
      })
      const { id } = await jobs.start(
        jobSpec('rollback', { id: null, name: input.targetDir }, `the last restore in ${input.targetDir}`, {
          targetDir: input.targetDir,
        }),
      )
      return { jobId: id }
    }),
  }
}

function placeOf({ backups: rows }: Chain, backupId: string): number {
  return rows.findIndex((row) => row.backupId === backupId)
}

function noBackup(backupId: string): never {
  throw new HoldfastError('backup.notFound', {
    what: `There is no backup ${backupId} in the repository.`,
    next: 'Look again: it may have been removed since.',
  })
}
