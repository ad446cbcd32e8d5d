import type { Plan, PrepareEvent } from '../../../shared/contract/restore.ts'
import type { Check } from '../../../shared/contract/values.ts'
import type { Failure } from '../../../shared/domain/failure.ts'

/** What the steps Check and Plan have learnt so far. */
export interface Prepared {
  /** In the order in which they began. */
  readonly checks: readonly Check[]
  readonly progress: { readonly doneBytes: number; readonly totalBytes: number | null } | null
  readonly plan: Plan | null
  readonly refused: Failure | null
}

export const nothingPrepared: Prepared = { checks: [], progress: null, plan: null, refused: null }

export function prepared(state: Prepared, event: PrepareEvent): Prepared {
  switch (event.type) {
    case 'check': {
      const place = state.checks.findIndex(({ id }) => id === event.check.id)
      const checks =
        place === -1 ? [...state.checks, event.check] : state.checks.toSpliced(place, 1, event.check)
      return { ...state, checks }
    }
    case 'progress':
      return { ...state, progress: { doneBytes: event.doneBytes, totalBytes: event.totalBytes } }
    case 'plan':
      return { ...state, plan: event.plan, progress: null }
    case 'refused':
      return { ...state, refused: event.failure, progress: null }
  }
}

/** `11 passed, 1 warning`, for the rail. */
export function checksInWords(checks: readonly Check[]): string {
  const of = (state: Check['state']): number => checks.filter((check) => check.state === state).length
  const parts = [
    of('passed') > 0 ? `${of('passed')} passed` : null,
    of('warning') > 0 ? `${of('warning')} ${of('warning') === 1 ? 'warning' : 'warnings'}` : null,
    of('failed') > 0 ? `${of('failed')} failed` : null,
  ].filter((part) => part !== null)
  return parts.length === 0 ? 'looking' : parts.join(', ')
}
