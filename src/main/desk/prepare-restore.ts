import type { Plan, PrepareEvent } from '../../shared/contract/restore.ts'
import type { Check } from '../../shared/contract/values.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { failureOf } from '../../shared/domain/failure.ts'
import { bytesWords, countOf } from '../../shared/domain/size-words.ts'
import { emitted } from '../../shared/streams/emitted.ts'
import { findBackup } from '../operations/find-backup.ts'
import { planBackup, type BackupPlan } from '../operations/plan-backup.ts'
import { reachOf } from '../operations/view-repository.ts'
import { checkSteps, StepFailed } from './check-steps.ts'
import { withClusterRepository } from './cluster-repository.ts'
import { describePlan } from './describe-plan.ts'
import type { DeskPorts } from './ports.ts'
import { openTargetFor } from './restore-work.ts'
import { savedCluster } from './saved.ts'

interface Asked {
  readonly clusterId: string
  readonly backupId: string
  readonly targetDir: string
}

/** Looks, proves what is not proved yet, and plans; changes nothing. `planned` is told of each plan that was made. */
export function prepareRestore(
  asked: Asked,
  ports: DeskPorts,
  { signal, planned }: { readonly signal?: AbortSignal | undefined; readonly planned: (plan: Plan) => void },
): AsyncGenerator<PrepareEvent, void, undefined> {
  return emitted<PrepareEvent>(
    async (emit, stop) => {
      try {
        const plan = await prepare(asked, ports, emit, stop)
        planned(plan)
        emit({ type: 'plan', plan })
      } catch (error) {
        if (isHoldfastError(error, 'cancelled')) throw error
        emit({
          type: 'refused',
          failure:
            error instanceof StepFailed ? error.failure : failureOf(error, ports.log, 'restore.prepare'),
        })
      }
    },
    { signal, key: (event) => (event.type === 'progress' ? 'progress' : null) },
  )
}

async function prepare(
  asked: Asked,
  ports: DeskPorts,
  emit: (event: PrepareEvent) => void,
  signal: AbortSignal,
): Promise<Plan> {
  const { clock } = ports
  const cluster = savedCluster(asked.clusterId, ports.state)
  const step = checkSteps(ports, 'restore', (check) => emit({ type: 'check', check }))
  const target = await step(
    'target',
    'Target',
    `Look at ${asked.targetDir}`,
    async () => openTargetFor(asked, ports),
    ({ dir }) => ({ title: `${dir} is a place that may be restored into` }),
  )
  try {
    return await withClusterRepository(cluster, 'restore', ports, { signal }, async (opened) => {
      const backup = await step(
        'backup',
        'Backup',
        'Find the backup',
        async () => findBackup(asked.backupId, opened),
        ({ objects, sizeBytes }) => ({
          title: `The backup is there: ${countOf(objects.length, 'object')}${sizeBytes === null ? '' : `, ${bytesWords(sizeBytes)}`}`,
        }),
      )
      const planned = await step(
        'proof',
        'Backup',
        'Read what is not proved yet',
        async () =>
          planBackup(backup, target, opened, {
            clock,
            signal,
            onProgress: ({ phase, doneBytes, totalBytes }) =>
              emit({ type: 'progress', phase, doneBytes, totalBytes }),
          }),
        proofCheck,
      )
      for (const check of targetChecks(planned)) emit({ type: 'check', check })
      return describePlan(planned, { opened, cluster, nowMs: clock.now(), survey: await target.survey() })
    })
  } finally {
    await target.close()
  }
}

function proofCheck({ verified }: BackupPlan): Partial<Check> & { readonly title: string } {
  const { level } = reachOf(verified)
  const warnings = [
    ...verified.report.findings,
    ...verified.report.stores.flatMap(({ findings }) => findings),
  ]
  const [first] = warnings
  return first === undefined
    ? { title: `Every store is proved to “${level}”` }
    : {
        state: 'warning',
        title: `Every store is proved to “${level}”, with a warning`,
        detail: first.message,
      }
}

function targetChecks({ plan, state }: BackupPlan): readonly Check[] {
  const group = 'Target'
  const checks: Check[] = []
  if (state.unfinished !== null) {
    const { job, startedAt, willBe } = state.unfinished
    checks.push({
      id: 'unfinished',
      group,
      state: 'warning',
      title: `An earlier ${job} of ${startedAt} was cut short there`,
      detail: `The run first brings it to its end: it will be ${willBe}.`,
    })
  }
  const enough = state.freeBytes >= plan.spaceBytes
  checks.push({
    id: 'space',
    group,
    state: enough ? 'passed' : 'failed',
    title: `${bytesWords(state.freeBytes)} free, ${bytesWords(plan.spaceBytes)} needed`,
  })
  checks.push({
    id: 'processes',
    group,
    state: 'passed',
    title: 'No live process was seen using what would be replaced',
    detail: 'As far as this account can see: that is no proof.',
  })
  if (!state.canGiveAway) {
    checks.push({
      id: 'owner',
      group,
      state: 'warning',
      title: 'Everything written belongs to this account',
      detail: 'Only root may give files to the owner of the folder.',
    })
  }
  return checks
}
