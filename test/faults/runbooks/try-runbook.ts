import { setTimeout } from 'node:timers/promises'
import type { Runbook } from '../../../src/main/ports/runbook.ts'
import type { RunbookRunner } from '../../../src/main/ports/runbook-runner.ts'
import type { Answer, Run } from '../../../src/shared/contract/runbooks.ts'
import { isHoldfastError } from '../../../src/shared/domain/error.ts'
import { goThrough, stepOf, whereabouts, type Answers } from '../../integration/runbooks/run-lab.ts'
import { rested } from '../../support/runbook-runs.ts'
import type { RunbookFault, RunbookOutcome } from './faults.ts'
import type { RunbookLab, RunbookScene } from './lab.ts'
import { struckBook, type Struck, type Strikes } from './strike.ts'

/** What an undisturbed run of a runbook amounts to. */
export interface Baseline {
  /** Its actions, in their order. */
  readonly actions: readonly string[]
  readonly sent: number
  /** How many commands each action runs on hosts. */
  readonly commands: ReadonlyMap<string, number>
  /** And how many lines it sends. */
  readonly lines: ReadonlyMap<string, number>
}

export async function undisturbed(scene: RunbookScene): Promise<Baseline | { readonly skip: string }> {
  const lab = await scene.open({ isInBucket: false })
  if ('skip' in lab) return lab
  try {
    const commands = new Map<string, number>()
    const lines = new Map<string, number>()
    const { run, runner } = await gone(lab, {
      fault: 'none',
      wants: () => false,
      cutAt: new Map(),
      commands,
      lines,
    })
    await runner.shutDown()
    const end = await lab.end()
    if (run.current !== null || end !== 'new') throw new Error(`${scene.name}: ${end}, ${whereabouts(run)}`)
    const actions = run.list.filter(({ kind, state }) => kind === 'action' && state === 'done')
    return { actions: actions.map(({ id }) => id), sent: (await lab.sent()).length, commands, lines }
  } finally {
    await lab.close()
  }
}

/** One run that meets a fault at each action that `wants` names; null where none of them could meet it. */
export async function tryRunbook(
  scene: RunbookScene,
  fault: RunbookFault,
  baseline: Baseline,
  of: { readonly wants: (step: string) => boolean; readonly cutAt?: ReadonlyMap<string, number> },
): Promise<RunbookOutcome | null> {
  const lab = await scene.open({ isInBucket: fault === 'S3 cut' })
  if ('skip' in lab) return null
  try {
    const { cutAt = new Map(), wants } = of
    const { run, struck, runner, isRepeated } = await gone(lab, {
      fault,
      wants,
      cutAt,
      commands: new Map(),
      lines: new Map(),
    })
    const stuckAt = run.current === null ? null : whereabouts(run)
    if (stuckAt !== null) await takeAllBack(runner, run)
    await runner.shutDown()
    if (struck.size === 0) return null
    const seen = [...struck].map(([step, { said, found }]) => ({
      step,
      said: said ?? stepOf(run, step)?.state ?? 'nothing',
      found,
    }))
    const extra = (await lab.sent()).length - baseline.sent - rightlyAgain(fault, seen, baseline)
    // A run that was taken back has sent other things.
    const sentTwice = stuckAt === null && !isRepeated ? Math.max(0, extra) : 0
    return { runbook: scene.name, fault, struck: seen, sentTwice, end: await lab.end(), stuckAt }
  } finally {
    await lab.close()
  }
}

/** Lines of actions that were begun, and then found undone: they are asked for again. */
function rightlyAgain(
  fault: RunbookFault,
  seen: RunbookOutcome['struck'],
  { lines }: Pick<Baseline, 'lines'>,
): number {
  if (fault === 'desktop killed before') return 0
  return seen
    .filter(({ found }) => found === 'notYet' || found === 'failed')
    .reduce((sum, { step }) => sum + (lines.get(step) ?? 0), 0)
}

type Wanted = Pick<Strikes, 'fault' | 'wants' | 'cutAt' | 'commands' | 'lines'>

/** Goes through a run to its end, or to where it cannot go on, with a new process for each one that dies. */
async function gone(
  lab: RunbookLab,
  wanted: Wanted,
): Promise<{
  readonly run: Run
  readonly struck: ReadonlyMap<string, Struck>
  readonly runner: RunbookRunner
  /** Something was taken back on the way, and asked for again. */
  readonly isRepeated: boolean
}> {
  const struck = new Map<string, Struck>()
  const repeated = new Set<string>()
  let id = ''
  for (;;) {
    const death = Promise.withResolvers<null>()
    const runner = await lab.openRunner('runs', (runbook) =>
      struckBook(runbook, lab, {
        ...wanted,
        struck,
        dies: () => death.resolve(null),
        begins: async () => beginElsewhere(lab, runner, id),
      }),
    )
    if (id === '') id = (await runner.start(lab.begin)).id
    const run = await Promise.race([
      persevere(noting(runner, struck), id, lab.answers, { struck, repeated }),
      death.promise,
    ])
    if (run === null) continue
    return { run, struck, runner, isRepeated: repeated.size > 0 }
  }
}

/** A step that has failed by the fault is asked for again, as an operator does once it has passed. */
async function persevere(
  runner: RunbookRunner,
  id: string,
  own: Answers,
  { struck, repeated }: { readonly struck: ReadonlyMap<string, Struck>; readonly repeated: Set<string> },
): Promise<Run> {
  const { list } = runner.get(id)
  const choices = list.filter(({ kind }) => kind === 'choice')
  const looks = list.filter(({ kind }) => kind === 'check' || kind === 'wait')
  const asked = new Map<string, number>()
  /** What has failed because of the fault is looked at again once it is over. */
  const look = (run: Run, step: string): Answer | null => {
    const times = (asked.get(step) ?? 0) + 1
    asked.set(step, times)
    const most = stepOf(run, step)?.state === 'failed' ? Math.min(struck.size, 1) : 4
    return times > most ? null : { kind: 'go' }
  }
  const answers: Answers = {
    ...Object.fromEntries(choices.map(({ id: step }) => [step, async () => advised(runner, id, step)])),
    ...Object.fromEntries(looks.map(({ id: step }) => [step, (run: Run) => look(run, step)])),
    ...own,
  }
  for (let tries = 0; ; tries += 1) {
    const run = await goThrough(runner, id, answers)
    if (run.current === null || tries === 8 || struck.size === 0) return run
    await quiet(runner, id)
    if (await startedAnew(runner, run, { struck, repeated })) asked.clear()
  }
}

/**
 * A program that was started on a full disk may say that it has started, and not have come up. Whoever waits for it in vain is told
 * to start it again: its start is taken back first.
 */
async function startedAnew(
  runner: RunbookRunner,
  run: Run,
  { struck, repeated }: { readonly struck: ReadonlyMap<string, Struck>; readonly repeated: Set<string> },
): Promise<boolean> {
  const place = run.list.findIndex(({ id }) => id === run.current)
  const waiting = run.list[place]
  if (waiting?.kind !== 'wait' || waiting.state !== 'failed' || repeated.has(waiting.id)) return false
  const before = run.list.slice(0, place).toReversed()
  const started = before.slice(
    0,
    before.findIndex(({ id }) => !id.startsWith('start-')),
  )
  if (!started.some(({ id }) => struck.has(id))) return false
  repeated.add(waiting.id)
  await takeBack(runner, run, started)
  return true
}

/** An answer may do one thing after another: as slow as an operator, so that nothing follows any more. */
async function quiet(runner: RunbookRunner, id: string): Promise<void> {
  for (let seen = -1; ;) {
    const { lastEvent, list } = runner.get(id)
    if (lastEvent === seen && list.every(({ state }) => state !== 'running')) return
    seen = lastEvent
    await setTimeout(500)
  }
}

async function advised(runner: RunbookRunner, id: string, step: string) {
  const asking = await runner.ask(id, step, new AbortController().signal)
  if (asking?.kind !== 'choice') return null
  const option =
    asking.options.find((each) => each.advised) ?? asking.options.find((each) => each.notPossible === null)
  return option === undefined ? null : { kind: 'choose' as const, option: option.id }
}

/** The same runner; what a struck step says is noted when the operator sees it next. */
function noting(runner: RunbookRunner, struck: ReadonlyMap<string, Struck>): RunbookRunner {
  return {
    ...runner,
    async proceed(id, step, answer) {
      const seen = struck.get(step)
      if (seen !== undefined) seen.said ??= stepOf(runner.get(id), step)?.state ?? null
      return runner.proceed(id, step, answer)
    },
  }
}

/** What it says to another runbook of the cluster here, and to the lock step of a desk elsewhere. */
async function beginElsewhere(lab: RunbookLab, runner: RunbookRunner, id: string): Promise<string> {
  const here = await runner.start(lab.begin).then(
    () => 'nothing here',
    (error: unknown) => (isHoldfastError(error) ? error.code : 'internal'),
  )
  const lockOnly = (runbook: Runbook): Runbook => ({
    ...runbook,
    steps: (setting) => runbook.steps(setting).filter((step) => step.id === 'take-lock'),
  })
  const elsewhere = await lab.openRunner('elsewhere', lockOnly)
  const other = await elsewhere.start(lab.begin)
  const lock = other.list[0]
  if (lock === undefined) return here
  await elsewhere.proceed(other.id, lock.id, { kind: 'go' })
  const { state, sentence } = (await rested(elsewhere, other.id, other.lastEvent)).list[0] ?? lock
  await elsewhere.close(other.id, 'abandoned', 'It was only a try.')
  await elsewhere.shutDown()
  if (state === 'failed' && sentence?.includes(id) === true) return `${here}, locked`
  // Before the lock is taken, and after it is given back, there is nothing to be kept from.
  return state === 'done' ? `${here}, not locked` : `nothing elsewhere: ${sentence ?? ''}`
}

/** In reverse order, each once it is known whether it is done. */
async function takeAllBack(runner: RunbookRunner, run: Run): Promise<void> {
  // While anything is under way nothing is taken back.
  await quiet(runner, run.id)
  await takeBack(runner, run, run.list.toReversed())
}

/** As far as they allow it, in the given order. */
async function takeBack(runner: RunbookRunner, run: Run, steps: Run['list']): Promise<void> {
  for (const { id } of steps) {
    const step = stepOf(runner.get(run.id), id)
    if (step?.canTakeBack !== true || !['done', 'failed'].includes(step.state)) continue
    const seen = runner.get(run.id).lastEvent
    try {
      await runner.proceed(run.id, id, { kind: 'takeBack' })
    } catch (error) {
      // One after it could not be taken back, and said why.
      if (isHoldfastError(error, 'runbook.refused')) return
      throw error
    }
    const leave = new AbortController()
    for await (const now of runner.watch(run.id, leave.signal))
      if (now.lastEvent > seen && now.list.every(({ state }) => state !== 'running')) break
    leave.abort()
  }
}
