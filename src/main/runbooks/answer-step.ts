import type { Answer } from '../../shared/contract/runbooks.ts'
import { revealed } from '../../shared/domain/printable.ts'
import type { StepEnd } from '../../shared/domain/runbook-events.ts'
import type { Step } from '../ports/runbook.ts'
import { doStep, factsOf, goOnWith, type AdvanceParts } from './advance.ts'
import { optionsOf } from './ask-of.ts'
import type { HeldRun } from './held-run.ts'
import { refused } from './run-errors.ts'
import { staleChecks } from './stale-checks.ts'

/** What an answer has begun; rejects only for want of a journal. In an object, so that nobody waits for it by accident. */
export interface Begun {
  readonly ends: Promise<StepEnd>
}

function begun(ends: Promise<StepEnd>): Begun {
  return { ends }
}

/**
 * Takes an answer to a step. Null: it is written down, and nothing else is to be done. Throws `runbook.refused` for an answer that does not fit.
 */
export async function answerStep(
  run: HeldRun,
  step: Step,
  answer: Exclude<Answer, { readonly kind: 'stop' }>,
  parts: AdvanceParts,
): Promise<Begun | null> {
  if (answer.kind === 'takeBack') return takeBack(run, step, parts)
  demandCurrent(run, step)
  switch (answer.kind) {
    case 'go':
      return go(run, step, parts)
    case 'choose':
      return choose(run, step, answer.option, parts)
    case 'confirm':
      return confirm(run, step, answer, parts)
    case 'did':
      return did(run, step, answer.note, parts)
    case 'skip':
      return skip(run, step, answer.reason, parts)
  }
}

/** In order: but rows of the acceptance sheet are independent of each other. */
function demandCurrent(run: HeldRun, step: Step): void {
  const { current } = run.standing
  const isNext = current?.id === step.id || (current?.section === 'accept' && step.section === 'accept')
  if (isNext) return
  throw refused(
    `“${step.title}” is not the step at hand.`,
    current === null ? 'All steps are behind.' : `“${current.title}” comes first.`,
    'Go on with that one.',
  )
}

function notFor(step: Step): Error {
  return refused(
    `“${step.title}” does not take this answer.`,
    `It is a step of the kind ${step.kind}.`,
    'Give another one.',
  )
}

function go(run: HeldRun, step: Step, parts: AdvanceParts): Begun {
  switch (step.kind) {
    case 'check':
    case 'wait':
      return begun(doStep(run, { kind: 'look', step }, parts))
    case 'action':
      return begun(checkedAct(run, step, parts))
    case 'choice':
    case 'confirm':
    case 'manual':
      throw notFor(step)
  }
}

/** What an action rests on is looked at again where it is old; what is no longer so stops it. */
async function checkedAct(
  run: HeldRun,
  step: Extract<Step, { readonly kind: 'action' }>,
  parts: AdvanceParts,
): Promise<StepEnd> {
  const isUnknown = run.standing.steps.find((each) => each.step.id === step.id)?.standing.state === 'unknown'
  if (step.damage > 0 && !isUnknown) {
    for (const check of staleChecks(run.standing, step, parts.clock.now())) {
      const end = await doStep(run, { kind: 'look', step: check }, parts)
      if (end.state !== 'done') return end
    }
    // A fact may be another one now, and what was confirmed was the old one.
    if (run.standing.current?.id !== step.id) return rested
  }
  return goOnWith(run, step, parts)
}

const rested: StepEnd = {
  state: 'notYet',
  sentence: 'What it rests on has changed.',
  evidence: [],
  learnt: {},
  next: null,
}

async function choose(run: HeldRun, step: Step, id: string, parts: AdvanceParts): Promise<null> {
  if (step.kind !== 'choice') throw notFor(step)
  const option = (await optionsOf(run, step, parts.closing, parts)).find((each) => each.id === id)
  if (option === undefined || option.notPossible !== null) {
    throw refused(
      'This cannot be chosen now.',
      option?.notPossible ?? 'It is no longer offered.',
      'Choose another one.',
    )
  }
  await tell('runbook.chosen', run, step, [{ name: 'option', value: option.id }], null, parts)
  const end: StepEnd = {
    state: 'done',
    sentence: option.label,
    evidence: option.says.map((value) => ({ name: 'what follows', value })),
    learnt: { ...option.learnt },
    next: null,
  }
  await run.record({ type: 'chosen', step: step.id, option: option.id, end })
  return null
}

async function confirm(
  run: HeldRun,
  step: Step,
  { typed, reason = '' }: { readonly typed: string; readonly reason?: string | undefined },
  parts: AdvanceParts,
): Promise<null> {
  if (step.kind !== 'confirm') throw notFor(step)
  const { name } = run.head.setting.cluster
  if (typed !== name) {
    const shown = revealed(name)
    throw refused(
      `The name that was typed (${revealed(typed)}) is not the cluster’s.`,
      'It is compared letter by letter.',
      shown === name ? `Type ${name}.` : `Type ${name}. It has letters that only look like others: ${shown}`,
    )
  }
  const { known } = run.standing.state
  const of = Object.fromEntries(step.of.map((fact) => [fact, known.get(fact) ?? '']))
  const facts = Object.entries(of).map(([fact, value]) => ({ name: fact, value }))
  await tell('runbook.confirmed', run, step, facts, reason === '' ? run.head.reason : reason, parts)
  await run.record({ type: 'confirmed', step: step.id, of, reason: reason === '' ? null : reason })
  return null
}

async function did(run: HeldRun, step: Step, note: string, parts: AdvanceParts): Promise<Begun | null> {
  if (step.kind !== 'manual') throw notFor(step)
  if (step.asks !== null && note === '') {
    throw refused(`“${step.title}” asks for an answer.`, step.asks.label, 'Write it down.')
  }
  const evidence = note === '' ? [] : [{ name: step.asks?.label ?? 'note', value: note }]
  await tell('runbook.doneByHand', run, step, evidence, null, parts)
  const learnt: Record<string, string> = step.asks === null ? {} : { [step.asks.learns]: note }
  const { look } = step
  if (look !== undefined) {
    // Known before it is looked at: the look may rest on it.
    await run.record({
      type: 'stepEnded',
      step: step.id,
      end: { state: 'notYet', sentence: 'Done by hand, to be looked at.', evidence, learnt, next: null },
    })
    return begun(doStep(run, { kind: 'look', step: { ...step, look } }, parts, evidence))
  }
  await run.record({
    type: 'stepEnded',
    step: step.id,
    end: { state: 'done', sentence: note === '' ? 'Done by hand.' : note, evidence, learnt, next: null },
  })
  return null
}

async function skip(run: HeldRun, step: Step, reason: string, parts: AdvanceParts): Promise<null> {
  if (step.skip !== 'operator') {
    throw refused(`“${step.title}” is never passed over.`, step.why, 'Do it, or abandon the run.')
  }
  await tell('runbook.skipped', run, step, [], reason, parts)
  await run.record({ type: 'skipped', step: step.id, reason })
  return null
}

function takeBack(run: HeldRun, step: Step, parts: AdvanceParts): Begun {
  if (step.kind !== 'action' || step.takeBack === undefined) throw notFor(step)
  const { steps } = run.standing
  const place = steps.findIndex((each) => each.step.id === step.id)
  const standing = steps[place]?.standing
  if (standing?.state !== 'done' && standing?.state !== 'failed') {
    throw refused(`“${step.title}” is not to be taken back now.`, 'It is not done.', 'Look at it first.')
  }
  const later = steps
    .slice(place + 1)
    .find(
      (each) =>
        each.step.kind === 'action' &&
        each.step.damage > 0 &&
        ['done', 'failed', 'unknown'].includes(each.standing.state) &&
        each.step.takeBack !== undefined,
    )
  if (later !== undefined) {
    throw refused(
      `“${step.title}” is not taken back before what was done after it.`,
      `“${later.step.title}” rests on it.`,
      'Take that one back first.',
    )
  }
  const { takeBack: back } = step
  return begun(doStep(run, { kind: 'takeBack', step, takeBack: back }, parts))
}

async function tell(
  action: string,
  run: HeldRun,
  step: Step,
  more: readonly { readonly name: string; readonly value: string }[],
  reason: string | null,
  { audit }: AdvanceParts,
): Promise<void> {
  const subject = run.head.setting.cluster.name
  await audit.append({ action, subject, facts: [...factsOf(run.head, step), ...more], reason })
}
