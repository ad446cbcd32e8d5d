import { typedUtc } from '../../../../shared/domain/typed-utc.ts'
import type { Run, Scenario } from '../../../../shared/contract/runbooks.ts'
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

function reasonGiven(reason: string): readonly string[] {
  return reason.trim() === '' ? [] : ['--reason', reason.trim()]
}
