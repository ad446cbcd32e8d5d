import type { Run, RunSummary } from '../../shared/contract/runbooks.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import { failureOf } from '../../shared/domain/failure.ts'
import { inTurn } from '../../shared/domain/in-turn.ts'
import type { Fact } from '../ports/cluster-driver.ts'
import type { Random } from '../ports/random.ts'
import type { RunHead, RunJournal } from '../ports/run-journal.ts'
import type { Runbook, RunbookSetting, Step } from '../ports/runbook.ts'
import type { RunbookRunner } from '../ports/runbook-runner.ts'
import { answerStep } from './answer-step.ts'
import { lookOn, type AdvanceParts } from './advance.ts'
import { fixedBecause } from './changed-answers.ts'
import { askOf } from './ask-of.ts'
import { holdRun, type HeldRun } from './held-run.ts'
import { measuredMs } from './measured-steps.ts'
import { noSuchRun, refused } from './run-errors.ts'
import { letGo } from './let-go.ts'
import { demandClosable, demandSignable } from './ends-of-run.ts'

export interface RunnerParts extends Omit<AdvanceParts, 'closing'> {
  readonly journal: RunJournal
  readonly random: Random
  /** The account that acts here, as entries name it. */
  readonly actor: string
  readonly findRunbook: (head: Pick<RunHead, 'scenario' | 'setting'>) => Promise<Runbook>
  readonly changed: (runId: string) => void
}

/** Takes up the runs of the journal. One that was cut short waits where it was, and says what it does not know. */
export async function createRunbookRunner(parts: RunnerParts): Promise<RunbookRunner> {
  const { journal, clock, random, log, actor, audit } = parts
  const journalled = await journal.load()
  const held = new Map<string, HeldRun>()
  const atWork = new Set<Promise<void>>()
  const closing = new AbortController()
  const advance: AdvanceParts = { ...parts, closing: closing.signal }
  const beginning = inTurn()

  async function take(head: RunHead, entries: HeldRun['entries']): Promise<HeldRun> {
    const runbook = await parts.findRunbook(head)
    const run = holdRun(
      head,
      entries,
      { runbook, stepsOf: (setting) => stepsFor(runbook, setting) },
      {
        ...parts,
        measured: (of, step) => measuredMs([...held.values()], of, step),
      },
    )
    held.set(head.id, run)
    return run
  }
  for (const { head, entries } of journalled) {
    // A runbook of another version may be gone; its run is then told by the log alone.
    await take(head, entries).catch((error: unknown) => void log.incident('runbook.load', error))
  }

  function find(id: string): HeldRun {
    const run = held.get(id)
    if (run === undefined) throw noSuchRun()
    return run
  }
  function findOpen(id: string): HeldRun {
    const run = find(id)
    if (run.standing.state.closed !== null) {
      throw refused('This run is closed.', 'What is closed is kept as it is.', 'Begin another one.')
    }
    return run
  }
  /** Only who holds it. */
  function findOurs(id: string): HeldRun {
    const run = findOpen(id)
    const { holder } = run.standing.state
    if (holder !== actor) {
      throw refused(`This run is in the hands of ${holder}.`, `You are ${actor}.`, 'Take it over first.')
    }
    return run
  }
  /** What cannot be written down is not begun. */
  async function demandWritable(): Promise<void> {
    const { cannotWrite } = await audit.status()
    const why = cannotWrite ?? journal.readOnlyBecause
    if (why === null) return
    throw refused('Nothing of this run can be written down.', why, 'Make it writable first.')
  }
  function openRunOf(clusterId: string): HeldRun | null {
    return (
      [...held.values()].find(
        ({ head, standing }) => head.clusterId === clusterId && standing.state.closed === null,
      ) ?? null
    )
  }
  function goOn(work: Promise<void>): void {
    const watched = work
      .catch((error: unknown) => void log.incident('runbook.run', error))
      .finally(() => atWork.delete(watched))
    atWork.add(watched)
  }
  /** One at a time: nothing else is taken until `work`, and what is to follow it, is over. What follows goes on by itself. */
  async function alone(
    id: string,
    find: (id: string) => HeldRun,
    work: (run: HeldRun) => Promise<(() => Promise<void>) | null>,
  ): Promise<Run> {
    if (closing.signal.aborted) {
      throw refused(
        'Holdfast is ending.',
        'It could not see to its end what it begins now.',
        'Start it again, then go on.',
      )
    }
    const run = find(id)
    const release = await run.hold()
    let follows: (() => Promise<void>) | null = null
    try {
      // It may have been closed, or taken over, meanwhile.
      follows = await work(find(id))
    } finally {
      if (follows === null) release()
    }
    if (follows !== null) goOn(follows().finally(release))
    return run.view()
  }
  async function tell(
    action: string,
    { head }: HeldRun,
    reason: string | null,
    more: readonly Fact[] = [],
  ): Promise<void> {
    const facts = [{ name: 'run', value: head.id }, { name: 'runbook', value: head.scenario }, ...more]
    await audit.append({ action, subject: head.setting.cluster.name, facts, reason })
  }

  async function begin(given: Parameters<RunbookRunner['start']>[0]): Promise<HeldRun> {
    const open = openRunOf(given.clusterId)
    if (open !== null) {
      throw refused(
        `Another runbook of ${given.setting.cluster.name} is open: ${open.head.scenario}, begun ${open.head.startedAt} by ${open.head.startedBy}.`,
        'Two that run on one cluster destroy each other’s work.',
        'Go on with that one, take it over, or close it.',
      )
    }
    const at = new Date(clock.now()).toISOString()
    const id = `run-${Buffer.from(random.bytes(6)).toString('hex')}`
    const head = { ...given, id, startedAt: at, startedBy: actor }
    // What does not fit is refused before anything is written down.
    ;(await parts.findRunbook(head)).steps(head.setting)
    await audit.append({
      action: 'runbook.begun',
      subject: head.setting.cluster.name,
      facts: [
        { name: 'run', value: id },
        { name: 'runbook', value: head.scenario },
        ...Object.entries(head.setting.inputs).map(([name, value]) => ({ name, value })),
      ],
      reason: head.reason,
    })
    await journal.begin(head)
    return take(head, [])
  }

  return {
    actor,
    async start(given) {
      // Of two at once the second finds the first.
      const run = await beginning(async () => begin(given))
      const { id } = run.head
      parts.changed(id)
      return alone(id, find, async () => () => lookOn(run, advance))
    },
    list() {
      const runs = [...held.values()].map((run) => run.summary())
      const isOpen = ({ state }: RunSummary): number => (state === 'open' ? 0 : 1)
      return runs.sort((a, b) => isOpen(a) - isOpen(b) || (a.startedAt < b.startedAt ? 1 : -1))
    },
    get: (id) => find(id).view(),
    openRunOf(clusterId) {
      const open = openRunOf(clusterId)
      if (open === null) return null
      const { id, startedAt, startedBy } = open.head
      return { id, title: open.summary().title, startedAt, startedBy }
    },
    watch: (id, ends) => find(id).watch(ends),
    async ask(id, stepId, signal) {
      const run = findOpen(id)
      const left = AbortSignal.any([signal, closing.signal])
      try {
        return await askOf(run, stepOf(run, stepId), left, advance)
      } catch (error) {
        return { kind: 'failed', failure: failureOf(error, log, 'runbook.ask') }
      }
    },
    async proceed(id, stepId, answer) {
      if (answer.kind === 'stop') {
        const run = findOurs(id)
        const step = stepOf(run, stepId)
        if (run.running?.step === stepId && step.kind !== 'action') run.running.stop.abort()
        return run.view()
      }
      return alone(id, findOurs, async (run) => {
        await demandWritable()
        const begun = await answerStep(run, stepOf(run, stepId), answer, advance)
        if (begun === null) return async () => lookOn(run, advance)
        await untilBegun(run, begun.ends)
        return async () => {
          const { state } = await begun.ends
          if (state === 'done' && answer.kind !== 'takeBack') await lookOn(run, advance)
        }
      })
    },
    async changeAnswers(id, { inputs, connection }, reason) {
      return alone(id, findOurs, async (run) => {
        await demandWritable()
        const because = fixedBecause(run.standing)
        if (because !== null)
          throw refused('The answers of this run stand.', because, 'Go on with them, or close the run.')
        const { head } = run
        const { cluster, inputs: before } = head.setting
        // What does not fit is refused before anything is written down.
        stepsFor(await parts.findRunbook(head), { cluster: { ...cluster, connection }, inputs })
        const facts = Object.entries(inputs)
          .filter(([name, value]) => before[name] !== value)
          .map(([name, value]) => ({ name, value: `${before[name] ?? ''} → ${value}` }))
        await tell('runbook.answersChanged', run, reason, facts)
        await run.record({ type: 'answersChanged', inputs, connection })
        return async () => lookOn(run, advance)
      })
    },
    async takeOver(id, note) {
      return alone(id, findOpen, async (run) => {
        await tell('runbook.takenOver', run, note)
        await run.record({ type: 'takenOver', note })
        return null
      })
    },
    async accept(id, note) {
      return alone(id, findOurs, async (run) => {
        demandSignable(run.standing)
        await tell('runbook.accepted', run, note)
        await run.record({ type: 'accepted', note })
        return async () => lookOn(run, advance)
      })
    },
    async close(id, outcome, reason) {
      return alone(id, findOurs, async (run) => {
        demandClosable(run.standing, outcome, reason)
        if (outcome === 'abandoned') await letGo(run, advance)
        await tell(`runbook.${outcome}`, run, reason === '' ? null : reason)
        await run.record({ type: 'closed', outcome, reason })
        return null
      })
    },
    isAtWork: () => atWork.size > 0,
    async shutDown() {
      closing.abort()
      for (const { running, standing } of held.values()) {
        const step = standing.steps.find((each) => each.step.id === running?.step)?.step
        if (step !== undefined && step.kind !== 'action') running?.stop.abort()
      }
      await Promise.allSettled(atWork)
    },
  }
}

function stepOf(run: HeldRun, id: string): Step {
  const found = run.standing.steps.find(({ step }) => step.id === id)
  if (found !== undefined) return found.step
  throw new HoldfastError('runbook.refused', { what: 'This run has no such step.' })
}

/** Journals name steps by their ids. Throws `usage` where the setting does not fit. */
function stepsFor(runbook: Runbook, setting: RunbookSetting): readonly Step[] {
  const steps = runbook.steps(setting)
  const ids = steps.map(({ id }) => id)
  const twice = ids.find((id, place) => ids.indexOf(id) !== place)
  if (twice !== undefined) throw new Error(`Two steps have the id ${twice}.`)
  return steps
}

/** What an answer has begun is in the journal, or is over; throws where it could not be begun. */
async function untilBegun(run: HeldRun, ends: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const begins = async (): Promise<void> => {
    for await (const _ of run.watch(over.signal)) if (run.running !== null) return
  }
  try {
    await Promise.race([begins(), ends])
  } finally {
    over.abort()
  }
}
