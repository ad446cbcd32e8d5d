import type { Run, Step } from '../../../../shared/contract/runbooks.ts'
import { stateWords } from './report-words.ts'

/** One thing that happened, with its time. */
export interface Moment {
  readonly at: string
  /** Of a step; null: of the run itself. */
  readonly step: string | null
  readonly severity: 'info' | 'warning' | 'error'
  readonly sentence: string
  readonly by: string | null
}

/** What happened, oldest first; of the same time, in the order of the steps. */
export function timelineOf(
  run: Run,
  signed: { readonly at: string; readonly by: string | null } | null,
): readonly Moment[] {
  const moments: Moment[] = [
    moment(run.failedAt, 'What is recovered from happened, as the operator says.'),
    moment(run.startedAt, 'The run began.', run.startedBy),
    ...run.list.flatMap(momentsOf),
    ...(signed === null ? [] : [moment(signed.at, 'The acceptance sheet was signed.', signed.by)]),
    ...(run.closed === null
      ? []
      : [moment(run.closed.at, closingOf(run.closed.outcome, run.closed.reason), run.closed.by)]),
  ]
  return moments
    .map((each, place) => ({ each, place }))
    .sort((a, b) => Date.parse(a.each.at) - Date.parse(b.each.at) || a.place - b.place)
    .map(({ each }) => each)
}

function momentsOf({ id, title, startedAt, endedAt, by, lines, state, sentence }: Step): readonly Moment[] {
  if (startedAt === null) return []
  const end: Moment = {
    at: endedAt ?? startedAt,
    step: id,
    severity: state === 'failed' || state === 'unknown' ? 'error' : state === 'skipped' ? 'warning' : 'info',
    sentence: sentence ?? `${title}: ${stateWords[state].toLowerCase()}.`,
    by: null,
  }
  return [
    { at: startedAt, step: id, severity: 'info', sentence: title, by },
    ...lines.map(({ at, severity: of, sentence: line }) => ({
      at,
      step: id,
      severity: of,
      sentence: line,
      by: null,
    })),
    ...(endedAt === null ? [] : [end]),
  ]
}

function closingOf(outcome: 'finished' | 'abandoned', reason: string): string {
  const words = outcome === 'finished' ? 'The run was finished' : 'The run was abandoned'
  return reason === '' ? `${words}.` : `${words}: ${reason}`
}

function moment(at: string, sentence: string, by: string | null = null): Moment {
  return { at, step: null, severity: 'info', sentence, by }
}
