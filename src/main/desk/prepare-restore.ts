import type { Plan, PrepareEvent } from '../../shared/contract/restore.ts'
import type { Check } from '../../shared/contract/values.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { failureOf } from '../../shared/domain/failure.ts'
import { levelWords } from '../../shared/domain/level.ts'
import { bytesWords, countOf, spanWords } from '../../shared/domain/size-words.ts'
import { emitted } from '../../shared/streams/emitted.ts'
import { findBackup } from '../operations/find-backup.ts'
import { planBackup, type BackupPlan } from '../operations/plan-backup.ts'
import { reachOf } from '../operations/view-repository.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import { checkSteps, StepFailed } from './check-steps.ts'
import { withClusterRepository } from './cluster-repository.ts'
import { describePlan } from './describe-plan.ts'
import { openSavedTarget } from './open-saved-target.ts'
import type { DeskPorts } from './ports.ts'
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
    async () => openSavedTarget(asked.targetDir, cluster, ports, signal),
    ({ dir }) => ({ title: `${dir} is a place that may be restored into` }),
  )
  for (const check of hostChecks(target)) emit({ type: 'check', check })
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
      return describePlan(planned, {
        opened,
        nowMs: clock.now(),
        survey: await target.survey(),
      })
    })
  } finally {
    await target.close()
  }
}

function proofCheck({ verified }: BackupPlan): Partial<Check> & { readonly title: string } {
  const level = levelWords[reachOf(verified).level]
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

/** A difference that confuses whoever compares logs; tickets and certificates tolerate a few minutes. */
const clockToleranceMs = 60_000

function hostChecks({ host }: RestoreTarget): readonly Check[] {
  if (host === null) return []
  const group = 'Host'
  const { name, uid, clockAheadMs } = host
  const isOff = Math.abs(clockAheadMs) > clockToleranceMs
  const difference = `${spanWords(Math.abs(clockAheadMs))} ${clockAheadMs > 0 ? 'ahead of' : 'behind'}`
  return [
    {
      id: 'host',
      group,
      state: 'passed',
      title: `${name} is the host whose key is known, and lets us in`,
      detail: uid === 0 ? 'Everything there is done as root.' : `Everything there is done as user ${uid}.`,
    },
    {
      id: 'tools',
      group,
      state: 'passed',
      title: 'It has the tools that a restore needs',
      detail:
        'A POSIX shell, GNU coreutils, findutils and tar, util-linux, perl or python3; nothing is installed there.',
    },
    {
      id: 'clock',
      group,
      state: isOff ? 'warning' : 'passed',
      title: isOff ? `Its clock is ${difference} this computer’s` : 'Its clock and this computer’s agree',
    },
  ]
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
