import type { Run } from '../../../../shared/contract/runbooks.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'

export interface CloseRule {
  /** Null: it may be called finished. */
  readonly notFinishedBecause: string | null
  /** What giving it up leaves behind. */
  readonly abandonSays: string
}

/** How a run may be ended as it stands. */
export function closeRule({
  acceptance,
  done,
  steps,
  list,
}: Pick<Run, 'acceptance' | 'done' | 'steps' | 'list'>): CloseRule {
  const acted = list.filter(
    ({ kind, state, damage }) => kind === 'action' && state === 'done' && damage > 0,
  ).length
  const isUnknown = list.some(({ state }) => state === 'unknown')
  const left = isUnknown
    ? 'Of one step nobody knows what came of it: look first.'
    : acted === 0
      ? 'No step has changed anything yet.'
      : `${countOf(acted, 'step')} changed something; nothing of it is undone by this.`
  return {
    notFinishedBecause:
      done < steps
        ? `${countOf(steps - done, 'step')} ${steps - done === 1 ? 'is' : 'are'} still to come.`
        : acceptance.all > 0 && acceptance.signedAt === null
          ? 'The acceptance sheet is not signed.'
          : null,
    abandonSays: left,
  }
}
