import type { Asking } from '../../shared/contract/runbooks.ts'
import type { Option, Step, StepContext } from '../ports/runbook.ts'
import type { AdvanceParts, StepTools } from './advance.ts'
import type { HeldRun } from './held-run.ts'

/** What a step asks the operator, by how things are now. Null where it asks nothing. */
export async function askOf(run: HeldRun, step: Step, parts: AdvanceParts): Promise<Asking | null> {
  switch (step.kind) {
    case 'choice': {
      const options = await optionsOf(run, step, parts)
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
      const says = await withContext(run, step, parts, async (context) => step.says(context))
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
  parts: AdvanceParts,
): Promise<readonly Option[]> {
  return withContext(run, step, parts, async (context) => step.options(context))
}

async function withContext<T>(
  run: HeldRun,
  step: Step,
  parts: AdvanceParts,
  work: (context: StepContext) => Promise<T>,
): Promise<T> {
  const leave = new AbortController()
  return parts.withTools(run.head, step, leave.signal, async (tools: StepTools) =>
    work({
      ...tools,
      setting: run.head.setting,
      known: run.standing.state.known,
      runId: run.head.id,
      beganMs: Date.parse(run.head.startedAt),
      startedBy: run.head.startedBy,
      failedMs: Date.parse(run.head.failedAt),
      line: () => undefined,
      progress: () => undefined,
    }),
  )
}
