import type { Run, Step as StepView } from '../../shared/contract/runbooks.ts'
import { commandLine } from '../../shared/domain/command-line.ts'
import { expectedTime, lossOf, timeLeft } from '../../shared/domain/recovery-estimate.ts'
import type { RunHead } from '../ports/run-journal.ts'
import type { Known, Runbook, Step } from '../ports/runbook.ts'
import { chosenBackup } from '../engine/runbook/choose-backup.ts'
import { fixedBecause } from './changed-answers.ts'
import { summaryOf } from './run-summary.ts'
import { isBehind, type Standing, type StandingRun } from './step-standing.ts'

export interface LiveProgress {
  readonly doneBytes: number
  readonly totalBytes: number | null
}

export interface ViewParts {
  /** How long a step took in earlier runs of the same runbook on the same cluster; the oldest first. */
  readonly measured: (step: string) => readonly number[]
  readonly progress: LiveProgress | null
  readonly nowMs: number
  /** Who asks. */
  readonly actor: string
}

/** A run as it is told. */
export function viewOf(head: RunHead, runbook: Runbook, run: StandingRun, parts: ViewParts): Run {
  const { state, current } = run
  const list = run.steps.map(({ step, standing }) =>
    stepView(step, standing, step.id === current?.id ? parts.progress : null, {
      measured: parts.measured,
      known: state.known,
    }),
  )
  const endMs = state.closed === null ? parts.nowMs : Date.parse(state.closed.at)
  return {
    ...summaryOf(head, runbook, run),
    isOurs: state.holder === parts.actor,
    when: runbook.when,
    costs: [...runbook.costs],
    failedAt: head.failedAt,
    answers: head.answers.map((each) => ({ ...each })),
    inputs: runbook.inputs.map(({ name, label }) => ({
      name,
      label,
      value: head.setting.inputs[name] ?? '',
    })),
    changed: state.changed,
    fixedBecause: fixedBecause(run),
    list,
    current: state.closed === null ? (current?.id ?? null) : null,
    closed: state.closed,
    signed: state.accepted === null ? null : { by: state.accepted.by, note: state.accepted.note },
    rpo: rpoOf(head, run),
    rto: rtoOf(list, endMs - Date.parse(head.startedAt), parts.nowMs),
    commandLine: commandLine(['holdfast', 'runbook', 'continue', head.id]),
    lastEvent: state.lastEvent,
  }
}

function rpoOf(head: RunHead, { state: { known } }: StandingRun): Run['rpo'] {
  const backupId = known.get(chosenBackup.id)
  if (backupId === undefined || known.has(chosenBackup.onlyTried)) return null
  const at = known.get(chosenBackup.createdAt) ?? null
  const { leastMs, sentence } = lossOf(
    // Whatever it holds, it was there when it was chosen.
    {
      backupId,
      at,
      notBefore: null,
      notAfter: head.startedAt,
      isReplayed: known.has(chosenBackup.isReplayed),
    },
    {
      lastGoodAt: null,
      firstBadAt: known.get(chosenBackup.lostUntil) ?? head.failedAt,
      isRestore: known.has(chosenBackup.lostUntil),
    },
  )
  return { lostMs: leastMs, sentence }
}

function rtoOf(list: readonly StepView[], tookMs: number, nowMs: number): Run['rto'] {
  const left = timeLeft(
    list
      .filter((step) => !isBehind(step))
      .map(({ state, startedAt, expectedMs, expectedFrom }) => ({
        expected:
          expectedMs === null || expectedFrom === null ? null : { ms: expectedMs, from: expectedFrom },
        runsForMs: state === 'running' && startedAt !== null ? nowMs - Date.parse(startedAt) : null,
      })),
  )
  return { ...left, tookMs: Math.max(0, tookMs) }
}

function stepView(
  step: Step,
  standing: Standing,
  live: LiveProgress | null,
  { measured, known }: Pick<ViewParts, 'measured'> & { readonly known: Known },
): StepView {
  const progress = 'progress' in standing ? standing.progress : null
  const expected = expectedTime(measured(step.id), step.expected)
  return {
    id: step.id,
    kind: step.kind,
    section: step.section,
    title: step.title,
    why: step.why,
    touches: step.touches,
    undo: step.undo,
    canTakeBack: step.kind === 'action' && step.takeBack !== undefined,
    twin: withBackup(step.twin, known),
    damage: step.damage,
    canSkip: step.skip === 'operator',
    state: standing.state,
    sentence: sentenceOf(standing),
    next: progress?.end?.next ?? null,
    unknownHost: isBehind(standing) ? null : (progress?.end?.unknownHost ?? null),
    lines: progress?.lines.map((line) => ({ ...line })) ?? [],
    evidence: progress?.end?.evidence.map((fact) => ({ ...fact })) ?? [],
    startedAt: progress?.at ?? null,
    endedAt: progress?.endedAt ?? null,
    by: progress?.by ?? null,
    expectedMs: expected?.ms ?? null,
    expectedFrom: expected?.from ?? null,
    atMostMs: step.kind === 'wait' ? step.atMostMs : null,
    doneBytes: live?.doneBytes ?? null,
    totalBytes: live?.totalBytes ?? null,
    does: step.kind === 'manual' ? [...step.does] : [],
    asks: step.kind === 'manual' ? (step.asks?.label ?? null) : null,
    answered: progress?.option ?? progress?.skippedBecause ?? null,
  }
}

/** `BACKUP` in a command stands for the backup that is chosen, as soon as one is. */
function withBackup(twin: string | null, known: Known): string | null {
  const chosen = known.get(chosenBackup.id) ?? ''
  // A name that a shell or JSON would take for more is left to the operator.
  if (twin === null || !/^[\w.:-]+$/.test(chosen)) return twin
  return twin.replaceAll(/(?<![\w$-])BACKUP(?![\w-])/g, chosen)
}

function sentenceOf(standing: Standing): string | null {
  if (standing.state === 'notNeeded') return 'because' in standing ? standing.because : null
  const progress = 'progress' in standing ? standing.progress : null
  if (progress === null) return null
  if (progress.skippedBecause !== null) return `Passed over: ${progress.skippedBecause}`
  if (progress.confirmedOf !== null) return `Confirmed by ${progress.by}.`
  if (standing.state === 'unknown' && progress.end === null) {
    return 'It was asked for, and nobody has heard what came of it.'
  }
  return progress.end?.sentence ?? null
}
