import type { RunSummary } from '../../shared/contract/runbooks.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import { failureOf } from '../../shared/domain/failure.ts'
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
import { isUnderWay, noSuchRun, refused } from './run-errors.ts'
import { letGo } from './let-go.ts'
import { isBehind } from './step-standing.ts'

export interface RunnerParts extends AdvanceParts {
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
  /** Only who holds it, and only while nothing of it is under way. */
  function findOurs(id: string): HeldRun {
    const run = findOpen(id)
    const { holder } = run.standing.state
    if (holder !== actor) {
      throw refused(`This run is in the hands of ${holder}.`, `You are ${actor}.`, 'Take it over first.')
    }
    return run
  }
  function demandRest(run: HeldRun): void {
    if (run.running === null) return
    throw isUnderWay()
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
  async function tell(
    action: string,
    { head }: HeldRun,
    reason: string | null,
    more: readonly Fact[] = [],
  ): Promise<void> {
    const facts = [{ name: 'run', value: head.id }, { name: 'runbook', value: head.scenario }, ...more]
    await audit.append({ action, subject: head.setting.cluster.name, facts, reason })
  }

  return {
    actor,
    async start(begin) {
      const open = openRunOf(begin.clusterId)
      if (open !== null) {
        throw refused(
          `Another runbook of ${begin.setting.cluster.name} is open: ${open.head.scenario}, begun ${open.head.startedAt} by ${open.head.startedBy}.`,
          'Two that run on one cluster destroy each other’s work.',
          'Go on with that one, take it over, or close it.',
        )
      }
      const at = new Date(clock.now()).toISOString()
      const id = `run-${Buffer.from(random.bytes(6)).toString('hex')}`
      const head = { ...begin, id, startedAt: at, startedBy: actor }
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
      const run = await take(head, [])
      parts.changed(id)
      goOn(lookOn(run, parts, closing.signal))
      return run.view()
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
    async ask(id, stepId) {
      const run = findOpen(id)
      try {
        return await askOf(run, stepOf(run, stepId), parts)
      } catch (error) {
        return { kind: 'failed', failure: failureOf(error, log, 'runbook.ask') }
      }
    },
    async proceed(id, stepId, answer) {
      const run = findOurs(id)
      const step = stepOf(run, stepId)
      if (answer.kind === 'stop') {
        if (run.running?.step === stepId && step.kind !== 'action') run.running.stop.abort()
        return run.view()
      }
      demandRest(run)
      await demandWritable()
      // A proceeding that is refused throws here; what it begins goes on by itself.
      const begun = await answerStep(run, step, answer, parts)
      if (begun !== null) {
        goOn(
          begun.ends.then(async ({ state }) => {
            if (state === 'done' && answer.kind !== 'takeBack') await lookOn(run, parts, closing.signal)
          }),
        )
        await untilBegun(run, begun.ends)
      } else {
        goOn(lookOn(run, parts, closing.signal))
      }
      return run.view()
    },
    async changeAnswers(id, { inputs, connection }, reason) {
      const run = findOurs(id)
      demandRest(run)
      await demandWritable()
      const because = fixedBecause(run.standing)
      if (because !== null)
        throw refused('The answers of this run stand.', because, 'Go on with them, or close the run.')
      const { head, entries } = run
      const after = entries.length
      const { cluster, inputs: before } = head.setting
      // What does not fit is refused before anything is written down.
      stepsFor(await parts.findRunbook(head), { cluster: { ...cluster, connection }, inputs })
      const facts = Object.entries(inputs)
        .filter(([name, value]) => before[name] !== value)
        .map(([name, value]) => ({ name, value: `${before[name] ?? ''} → ${value}` }))
      await tell('runbook.answersChanged', run, reason, facts)
      await run.changeAnswers({ type: 'answersChanged', inputs, connection }, after)
      goOn(lookOn(run, parts, closing.signal))
      return run.view()
    },
    async takeOver(id, note) {
      const run = findOpen(id)
      demandRest(run)
      await tell('runbook.takenOver', run, note)
      await run.record({ type: 'takenOver', note })
      return run.view()
    },
    async accept(id, note) {
      const run = findOurs(id)
      demandRest(run)
      const rows = run.standing.steps.filter(({ step }) => step.section === 'accept')
      const open = rows.find(({ standing }) => !isBehind(standing))
      const before = run.standing.steps.find(
        ({ step, standing }) => ['before', 'safety', 'restore'].includes(step.section) && !isBehind(standing),
      )
      const missing = before ?? open
      if (rows.length === 0 || missing !== undefined) {
        throw refused(
          'The acceptance sheet cannot be signed yet.',
          missing === undefined
            ? 'This runbook has none.'
            : `“${missing.step.title}” is neither green nor excepted.`,
          'Go through it first.',
        )
      }
      await tell('runbook.accepted', run, note)
      await run.record({ type: 'accepted', note })
      goOn(lookOn(run, parts, closing.signal))
      return run.view()
    },
    async close(id, outcome, reason) {
      const run = findOurs(id)
      demandRest(run)
      const open = run.standing.steps.find(({ standing }) => !isBehind(standing))
      const hasSheet = run.standing.steps.some(({ step }) => step.section === 'accept')
      if (
        outcome === 'finished' &&
        (open !== undefined || (hasSheet && run.standing.state.accepted === null))
      ) {
        throw refused(
          'This run cannot be finished yet.',
          open === undefined ? 'Its acceptance sheet is not signed.' : `“${open.step.title}” is not behind.`,
          'Go on with it, or abandon it with a reason.',
        )
      }
      if (outcome === 'abandoned' && reason === '') {
        throw refused(
          'A run is not abandoned without a reason.',
          'Whoever reads it later has to know.',
          'Say why.',
        )
      }
      if (outcome === 'abandoned') await letGo(run, parts)
      await tell(`runbook.${outcome}`, run, reason === '' ? null : reason)
      await run.record({ type: 'closed', outcome, reason })
      return run.view()
    },
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

/** What an answer has begun is in the journal, or is over. */
async function untilBegun(run: HeldRun, ends: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const begins = async (): Promise<void> => {
    for await (const _ of run.watch(over.signal)) if (run.running !== null) return
  }
  await Promise.race([begins(), ends.catch(() => undefined)])
  over.abort()
}
