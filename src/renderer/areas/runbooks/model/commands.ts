import { typedUtc } from '../../../../shared/domain/typed-utc.ts'
import type { Answer, Run, Scenario } from '../../../../shared/contract/runbooks.ts'
import { commandLine, namesLast } from '../../../../shared/domain/command-line.ts'
import { inputOf, type StartDraft } from './start-draft.ts'

/** What the runbook would be begun with; what is as usual says the runbook itself. Credentials go by their ids. */
export function startRunCommand(
  cluster: string,
  { id, inputs }: Scenario,
  draft: StartDraft,
  nowMs: number,
): string {
  const { at } = typedUtc(draft.failedAt, nowMs)
  return commandLine([
    'holdfast',
    'runbook',
    'start',
    ...inputs.flatMap((input) => {
      const value = inputOf(draft, input).trim()
      return value === input.usual.trim() ? [] : ['--set', `${input.name}=${value}`]
    }),
    ...Object.entries(draft.answers).flatMap(([question, choice]) => ['--answer', `${question}=${choice}`]),
    ...(at === null ? [] : ['--failed-at', at]),
    ...reasonGiven(draft.reason),
    ...namesLast([cluster, id]),
  ])
}

/** Null: no answer is another one. */
export function changeRunCommand(
  { id, inputs }: Pick<Run, 'id' | 'inputs'>,
  after: Readonly<Record<string, string>>,
  reason: string,
): string | null {
  const changes = inputs.flatMap(({ name, value }) =>
    (after[name] ?? value) === value ? [] : ['--set', `${name}=${after[name]}`],
  )
  if (changes.length === 0) return null
  return commandLine(['holdfast', 'runbook', 'change', ...changes, ...reasonGiven(reason), id])
}

/** One answer to one step. What ends a looking has no command of its own: there Ctrl-C ends it. */
export function answerCommand(
  run: string,
  step: string,
  answer: Exclude<Answer, { readonly kind: 'stop' }>,
): string {
  return runCommand('continue', run, ['--step', step, ...answerFlags(answer)])
}

function answerFlags(answer: Exclude<Answer, { readonly kind: 'stop' }>): readonly string[] {
  switch (answer.kind) {
    case 'go':
      return []
    case 'choose':
      return ['--choose', answer.option]
    case 'confirm':
      return ['--confirm', answer.typed]
    case 'did':
      return ['--did', answer.note]
    case 'skip':
      return ['--skip', answer.reason]
    case 'takeBack':
      return ['--take-back']
  }
}

export function takeOverCommand(run: string, note: string): string {
  return runCommand('take-over', run, noteGiven(note))
}

export function acceptCommand({ id, cluster }: Pick<Run, 'id' | 'cluster'>, note: string): string {
  return runCommand('accept', id, ['--confirm', cluster, ...noteGiven(note)])
}

export function closeRunCommand(run: string, outcome: 'finished' | 'abandoned', reason: string): string {
  return runCommand('close', run, outcome === 'abandoned' ? ['--abandon', reason.trim()] : noteGiven(reason))
}

export function reportCommand(run: string): string {
  return runCommand('report', run, ['--to', `${run}.html`])
}

function runCommand(verb: string, run: string, options: readonly string[]): string {
  return commandLine(['holdfast', 'runbook', verb, run, ...options])
}

function noteGiven(note: string): readonly string[] {
  return note.trim() === '' ? [] : ['--note', note.trim()]
}

function reasonGiven(reason: string): readonly string[] {
  return reason.trim() === '' ? [] : ['--reason', reason.trim()]
}
