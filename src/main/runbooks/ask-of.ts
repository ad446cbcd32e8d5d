import type { Asking } from '../../shared/contract/runbooks.ts'
import type { Option, Step, StepContext } from '../ports/runbook.ts'
import { runContext, type AdvanceParts } from './advance.ts'
import type { HeldRun } from './held-run.ts'

/** What a step asks the operator, by how things are now. Null where it asks nothing. */
export async function askOf(
  run: HeldRun,
  step: Step,
  signal: AbortSignal,
  parts: AdvanceParts,
): Promise<Asking | null> {
  switch (step.kind) {
    case 'choice': {
      const options = await optionsOf(run, step, signal, parts)
      return {
        kind: 'choice',
        options: options.map(({ id, label, says, notPossible, advised }) => ({
          id,
          label,
          says: [...says],
          notPossible,
          advised,
        })),
      }
    }
    case 'confirm': {
      const says = await withContext(run, step, signal, parts, async (context) => step.says(context))
      return {
        kind: 'confirm',
        says: [...says],
        type: run.head.setting.cluster.name,
      }
    }
    case 'check':
    case 'action':
    case 'wait':
    case 'manual':
      return null
  }
}

export async function optionsOf(
  run: HeldRun,
  step: Extract<Step, { readonly kind: 'choice' }>,
  signal: AbortSignal,
  parts: AdvanceParts,
): Promise<readonly Option[]> {
  return withContext(run, step, signal, parts, async (context) => step.options(context))
}

async function withContext<T>(
  run: HeldRun,
  step: Step,
  signal: AbortSignal,
  { withTools }: AdvanceParts,
  work: (context: StepContext) => Promise<T>,
): Promise<T> {
  return withTools(run.head, step, signal, async (tools) =>
    work({ ...runContext(run), ...tools, line: () => undefined, progress: () => undefined }),
  )
}
