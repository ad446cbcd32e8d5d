import type { Answer, Run, Step as StepView } from '../../src/shared/contract/runbooks.ts'
import type { Clock } from '../../src/main/ports/clock.ts'
import type { Recovery } from '../../src/main/ports/recovery.ts'
import type { Runbook, RunbookSetting, StepContext } from '../../src/main/ports/runbook.ts'
import type { RunbookRunner } from '../../src/main/ports/runbook-runner.ts'
import type { Session } from '../../src/main/ports/cluster-driver.ts'
import { createRunbookRunner } from '../../src/main/runbooks/runner.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import { memoryAuditLog, type MemoryAuditLog } from '../fakes/audit-log.ts'
import { memoryLog } from '../fakes/memory-log.ts'
import { memoryRunPlace, type MemoryRunPlace } from '../fakes/run-journal.ts'

export interface RunbookDesk {
  readonly runner: RunbookRunner
  readonly place: MemoryRunPlace
  readonly audit: MemoryAuditLog
}

/** Nobody leaves. */
export const never = new AbortController().signal

/** A runner over memory, for one runbook or several; `place` outlives it, as a disk does a process. */
export async function openRunbookDesk(options: {
  readonly runbooks: readonly Runbook[]
  /** Opened for each step; a `close` is called after it. */
  readonly session?: (signal: AbortSignal) => Session & { close?(): Promise<void> }
  readonly recovery?: (signal: AbortSignal) => Recovery
  readonly place?: MemoryRunPlace
  readonly clock?: Clock
  readonly actor?: string
  /** Why nothing can be written into the audit chain. */
  readonly cannotWrite?: string | null
  readonly changed?: (id: string) => void
}): Promise<RunbookDesk> {
  const { runbooks, place = memoryRunPlace(), clock = systemClock, actor = 'lena@ops' } = options
  const audit = memoryAuditLog(clock)
  audit.refuse(options.cannotWrite ?? null)
  const runner = await createRunbookRunner({
    journal: place.open(),
    clock,
    random: systemRandom,
    log: memoryLog(),
    actor,
    audit,
    findRunbook: async ({ scenario }) => {
      const found = runbooks.find(({ id }) => id === scenario)
      if (found === undefined) throw new Error(`the desk has no ${scenario}`)
      return found
    },
    withTools: async (_head, _step, signal, work) => {
      const session = options.session?.(signal)
      try {
        return await work({
          session: session ?? missing<Session>('session', { signal, clock }),
          recovery: options.recovery?.(signal) ?? missing<Recovery>('recovery'),
        } satisfies Pick<StepContext, 'session' | 'recovery'>)
      } finally {
        await session?.close?.()
      }
    },
    changed: options.changed ?? (() => undefined),
  })
  return { runner, place, audit }
}

/** Whatever of it is used says that the test has not given it. */
function missing<T extends object>(what: string, has: object = {}): T {
  return new Proxy(has, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name)
      throw new Error(`the test gives no ${what}`)
    },
  }) as T
}

export async function startRun(
  { runner }: Pick<RunbookDesk, 'runner'>,
  scenario: string,
  setting: RunbookSetting,
): Promise<Run> {
  const run = await runner.start(begun(scenario, setting))
  return rested(runner, run.id)
}

export function begun(scenario: string, setting: RunbookSetting): Parameters<RunbookRunner['start']>[0] {
  return {
    scenario,
    clusterId: 'lab',
    setting,
    failedAt: new Date().toISOString(),
    answers: [],
    reason: null,
  }
}

/** The run once nothing of it is under way and the step at hand needs a person. */
export async function rested(runner: RunbookRunner, id: string, after = -1): Promise<Run> {
  const leave = new AbortController()
  try {
    for await (const run of runner.watch(id, leave.signal)) {
      if (run.lastEvent > after && isAtRest(run)) return run
    }
    return runner.get(id)
  } finally {
    leave.abort()
  }
}

/** Steps that only look follow by themselves: only where one has ended without success, or another kind comes, it rests. */
function isAtRest(run: Run): boolean {
  if (run.list.some(({ state }) => state === 'running')) return false
  const step = run.list.find(({ id }) => id === run.current)
  if (step === undefined || run.state !== 'open') return true
  // The acceptance sheet is filled to its end, whatever a row says.
  const isToCome = run.list.some(
    (row) => row.section === 'accept' && row.kind === 'check' && row.state === 'todo' && row.endedAt === null,
  )
  if (step.section === 'accept' && step.kind === 'check' && isToCome) return false
  return (step.kind !== 'check' && step.kind !== 'wait') || step.endedAt !== null
}

/** Answers the step at hand, and waits until the next answer is needed. */
export async function answer(
  { runner }: Pick<RunbookDesk, 'runner'>,
  run: Run,
  given: Answer,
  stepId = run.current ?? '',
): Promise<Run> {
  const { lastEvent } = runner.get(run.id)
  await runner.proceed(run.id, stepId, given)
  return rested(runner, run.id, lastEvent)
}

/**
 * Goes on with a run until a step ends without success, or all are behind: does actions, takes the advised option, types the
 * cluster's name, says that manual steps were done. `decide` may answer any step otherwise.
 */
export async function goThrough(
  desk: Pick<RunbookDesk, 'runner'>,
  start: Run,
  decide: (step: StepView, run: Run) => Answer | 'stop here' | null = () => null,
): Promise<Run> {
  let run = start
  const seen = new Map<string, number>()
  for (;;) {
    const step = run.list.find(({ id }) => id === run.current)
    if (step === undefined || run.state !== 'open') return run
    const given = decide(step, run) ?? (await usualAnswer(desk, run, step))
    if (given === 'stop here') return run
    const times = (seen.get(step.id) ?? 0) + 1
    seen.set(step.id, times)
    if (times > 3) return run
    run = await answer(desk, run, given)
    const after = run.list.find(({ id }) => id === step.id)
    if (after?.state === 'failed' || after?.state === 'unknown') return run
  }
}

async function usualAnswer(
  { runner }: Pick<RunbookDesk, 'runner'>,
  run: Run,
  step: StepView,
): Promise<Answer> {
  switch (step.kind) {
    case 'check':
    case 'wait':
    case 'action':
      return { kind: 'go' }
    case 'manual':
      return { kind: 'did', note: 'done in the test' }
    case 'confirm':
      return { kind: 'confirm', typed: run.cluster }
    case 'choice': {
      const asking = await runner.ask(run.id, step.id, never)
      if (asking?.kind !== 'choice') throw new Error(`${step.id} offers nothing: ${JSON.stringify(asking)}`)
      const option =
        asking.options.find(({ advised }) => advised) ??
        asking.options.find(({ notPossible }) => notPossible === null)
      if (option === undefined) throw new Error(`${step.id} has nothing that can be chosen`)
      return { kind: 'choose', option: option.id }
    }
  }
}
