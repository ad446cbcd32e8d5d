import type { Run, Step as StepView } from '../../shared/contract/runbooks.ts'
import { commandLine } from '../../shared/domain/command-line.ts'
import { countOf, spanWords } from '../../shared/domain/size-words.ts'
import type { RunHead } from '../ports/run-journal.ts'
import type { Runbook, Step } from '../ports/runbook.ts'
import { chosenBackup } from '../engine/runbook/choose-backup.ts'
import { isBehind, type Standing, type StandingRun } from './step-standing.ts'

export interface LiveProgress {
  readonly doneBytes: number
  readonly totalBytes: number | null
}

export interface ViewParts {
  /** How long a step took in earlier runs of the same runbook on the same cluster; null: never measured. */
  readonly measured: (step: string) => number | null
  readonly progress: LiveProgress | null
  readonly nowMs: number
}

/** A run as it is told. */
export function viewOf(head: RunHead, runbook: Runbook, run: StandingRun, parts: ViewParts): Run {
  const { state, current } = run
  const list = run.steps.map(({ step, standing }) =>
    stepView(step, standing, step.id === current?.id ? parts.progress : null, parts.measured),
  )
  const rows = list.filter(({ section }) => section === 'accept')
  const endMs = state.closed === null ? parts.nowMs : Date.parse(state.closed.at)
  return {
    id: head.id,
    scenario: runbook.id,
    title: runbook.title,
    clusterId: head.clusterId,
    cluster: head.setting.cluster.name,
    startedAt: head.startedAt,
    startedBy: head.startedBy,
    holder: state.holder,
    state: state.closed?.outcome ?? 'open',
    at: state.closed === null ? (current?.title ?? null) : null,
    done: list.filter(isBehind).length,
    steps: list.length,
    acceptance: {
      green: rows.filter((row) => row.state === 'done' || row.state === 'notNeeded').length,
      excepted: rows.filter((row) => row.state === 'skipped').length,
      all: rows.length,
      signedAt: state.accepted?.at ?? null,
    },
    when: runbook.when,
    costs: [...runbook.costs],
    failedAt: head.failedAt,
    answers: head.answers.map((each) => ({ ...each })),
    inputs: runbook.inputs.map(({ name, label }) => ({ label, value: head.setting.inputs[name] ?? '' })),
    list,
    current: state.closed === null ? (current?.id ?? null) : null,
    closed: state.closed,
    rpo: rpoOf(run),
    rto: rtoOf(list, endMs - Date.parse(head.startedAt)),
    commandLine: commandLine(['holdfast', 'runbook', 'continue', head.id]),
    lastEvent: state.lastEvent,
  }
}

function rpoOf({ state: { known } }: StandingRun): Run['rpo'] {
  const backup = known.get(chosenBackup.id)
  const lostMs = known.get(chosenBackup.lostMs)
  const createdAt = known.get(chosenBackup.createdAt)
  if (backup === undefined || lostMs === undefined || createdAt === undefined) return null
  return {
    lostMs: Number(lostMs),
    sentence: `${spanWords(Number(lostMs))} of changes: from ${createdAt}, when ${backup} was made, to the failure.`,
  }
}

/** Time left, as far as each step to come has a time that says where it comes from. */
function rtoOf(list: readonly StepView[], tookMs: number): Run['rto'] {
  const toCome = list.filter((step) => !isBehind(step))
  const silent = toCome.filter(({ expectedMs }) => expectedMs === null).length
  const leftMs = toCome.reduce((sum, { expectedMs }) => sum + (expectedMs ?? 0), 0)
  const assumed = toCome.filter(({ expectedFrom }) => expectedFrom === 'assumed').length
  const sentence =
    toCome.length === 0
      ? 'Every step is behind.'
      : [
          `${countOf(toCome.length, 'step')} to come`,
          ...(assumed > 0 ? [`${assumed} of them by assumption`] : []),
          ...(silent > 0 ? [`${silent} were never measured and have no time`] : []),
        ].join(', ') + '.'
  return {
    leftMs: silent === toCome.length && silent > 0 ? null : leftMs,
    tookMs: Math.max(0, tookMs),
    sentence,
  }
}

function stepView(
  step: Step,
  standing: Standing,
  live: LiveProgress | null,
  measured: (step: string) => number | null,
): StepView {
  const progress = 'progress' in standing ? standing.progress : null
  const measuredMs = measured(step.id)
  return {
    id: step.id,
    kind: step.kind,
    section: step.section,
    title: step.title,
    why: step.why,
    touches: step.touches,
    undo: step.undo,
    canTakeBack: step.kind === 'action' && step.takeBack !== undefined,
    twin: step.twin,
    damage: step.damage,
    canSkip: step.skip === 'operator',
    state: standing.state,
    sentence: sentenceOf(standing),
    next: progress?.end?.next ?? null,
    lines: progress?.lines.map((line) => ({ ...line })) ?? [],
    evidence: progress?.end?.evidence.map((fact) => ({ ...fact })) ?? [],
    startedAt: progress?.at ?? null,
    endedAt: progress?.endedAt ?? null,
    by: progress?.by ?? null,
    expectedMs: measuredMs ?? step.expected?.ms ?? null,
    expectedFrom: measuredMs !== null ? 'measured' : (step.expected?.source ?? null),
    atMostMs: step.kind === 'wait' ? step.atMostMs : null,
    doneBytes: live?.doneBytes ?? null,
    totalBytes: live?.totalBytes ?? null,
    does: step.kind === 'manual' ? [...step.does] : [],
    asks: step.kind === 'manual' ? (step.asks?.label ?? null) : null,
    answered: progress?.option ?? progress?.skippedBecause ?? null,
  }
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
