import type { StepEnd } from '../../shared/domain/runbook-events.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { RunHead } from '../ports/run-journal.ts'
import type { ActionStep, CheckStep, ManualStep, Step, StepContext, WaitStep } from '../ports/runbook.ts'
import { actOn, failureEnd, lookAt } from './do-step.ts'
import type { HeldRun } from './held-run.ts'
import { isBehind, type Standing } from './step-standing.ts'

/** What a step works with beside the run itself; opened for one step and closed after it. */
export type StepTools = Pick<StepContext, 'session' | 'recovery'>

export interface AdvanceParts {
  readonly clock: Clock
  readonly log: Log
  readonly audit: Pick<AuditLog, 'append' | 'status'>
  readonly withTools: <T>(
    head: RunHead,
    step: Step,
    signal: AbortSignal,
    work: (tools: StepTools) => Promise<T>,
  ) => Promise<T>
  /** From when it aborts nothing more is looked at. */
  readonly closing: AbortSignal
}

export type How =
  | { readonly kind: 'look'; readonly step: CheckStep | WaitStep | ActionStep | LookedAt }
  | { readonly kind: 'act'; readonly step: ActionStep }
  | { readonly kind: 'takeBack'; readonly step: ActionStep; readonly takeBack: ActionStep['act'] }
type LookedAt = ManualStep & { readonly look: CheckStep['look'] }

/** What a step knows of its run. */
export function runContext({
  head,
  standing,
}: HeldRun): Omit<StepContext, keyof StepTools | 'line' | 'progress'> {
  return {
    setting: head.setting,
    known: standing.state.known,
    runId: head.id,
    beganMs: Date.parse(head.startedAt),
    startedBy: head.startedBy,
    failedMs: Date.parse(head.failedAt),
  }
}

/** One step, from its begin in the journal to its end there. What cannot be written down is not begun. */
export async function doStep(
  run: HeldRun,
  how: How,
  parts: AdvanceParts,
  extra: StepEnd['evidence'] = [],
): Promise<StepEnd> {
  const { step } = how
  const { clock, log, audit } = parts
  const isActing = how.kind !== 'look'
  if (isActing) {
    await audit.append({
      action: how.kind === 'act' ? 'runbook.stepBegun' : 'runbook.stepTakenBack',
      subject: run.head.setting.cluster.name,
      facts: factsOf(run.head, step),
    })
  }
  const signal = await run.begin(step.id, isActing)
  try {
    const lines: Promise<void>[] = []
    const end = await parts
      .withTools(run.head, step, signal, async (tools) => {
        const context: StepContext = {
          ...runContext(run),
          ...tools,
          line: (severity, sentence) => {
            const written = run.record({ type: 'line', step: step.id, severity, sentence })
            lines.push(written.catch((error: unknown) => void log.incident('runbook.line', error)))
          },
          progress: (doneBytes, totalBytes) => run.show({ doneBytes, totalBytes }),
        }
        const at = { clock, log, signal }
        switch (how.kind) {
          case 'look':
            return lookAt(how.step, context, at)
          case 'act':
            return actOn(async (of) => how.step.act(of), context, at)
          case 'takeBack':
            return actOn(how.takeBack, context, at)
        }
      })
      // The tools could not be opened, so nothing was asked of anybody.
      .catch((error: unknown) => failureEnd(error, log))
    await Promise.all(lines)
    const told = { ...end, evidence: [...extra, ...end.evidence] }
    await run.record({ type: how.kind === 'takeBack' ? 'takenBack' : 'stepEnded', step: step.id, end: told })
    await auditEnd(run, step, told, parts)
    return told
  } finally {
    run.rest()
  }
}

async function auditEnd(run: HeldRun, step: Step, end: StepEnd, { audit, log }: AdvanceParts): Promise<void> {
  try {
    await audit.append({
      action: 'runbook.stepEnded',
      subject: run.head.setting.cluster.name,
      facts: [
        ...factsOf(run.head, step),
        { name: 'state', value: end.state },
        { name: 'found', value: end.sentence },
        ...end.evidence,
      ],
    })
  } catch (error) {
    log.incident('runbook.audit', error)
  }
}

export function factsOf(head: RunHead, step: Pick<Step, 'id' | 'title'>): { name: string; value: string }[] {
  return [
    { name: 'run', value: head.id },
    { name: 'runbook', value: head.scenario },
    { name: 'step', value: `${step.id}: ${step.title}` },
  ]
}

/** An action: looked at first where it may have happened already, done only where it has not. */
export async function goOnWith(run: HeldRun, step: ActionStep, parts: AdvanceParts): Promise<StepEnd> {
  const { standing } = run.standing.steps.find((each) => each.step.id === step.id) ?? {}
  if (standing?.state === 'unknown') return doStep(run, { kind: 'look', step }, parts)
  if (standing?.state === 'failed') {
    const seen = await doStep(run, { kind: 'look', step }, parts)
    if (seen.state === 'done' || seen.state === 'unknown') return seen
  }
  return parts.closing.aborted ? ending : doStep(run, { kind: 'act', step }, parts)
}

/** The looks before an action take a while, and what begins while this process ends would be cut short. */
const ending: StepEnd = {
  state: 'notYet',
  sentence: 'Holdfast was ended before it was begun.',
  evidence: [],
  learnt: {},
  next: null,
}

/** Steps that only look follow each other without being asked for; the acceptance sheet is filled to its end. */
export async function lookOn(run: HeldRun, parts: AdvanceParts): Promise<void> {
  while (!parts.closing.aborted) {
    const next = run.standing.steps.find(
      ({ step, standing }) => !isBehind(standing) && !(step.section === 'accept' && wasTried(standing)),
    )
    if (next === undefined) return
    const { step } = next
    if (step.kind !== 'check' && step.kind !== 'wait') return
    const end = await doStep(run, { kind: 'look', step }, parts)
    if (end.state !== 'done' && step.section !== 'accept') return
  }
}

function wasTried(standing: Standing): boolean {
  return 'progress' in standing && (standing.progress?.end ?? null) !== null
}
