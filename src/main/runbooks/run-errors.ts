import { HoldfastError } from '../../shared/domain/error.ts'

export function noSuchRun(): HoldfastError {
  return new HoldfastError('runbook.notFound', {
    what: 'There is no such run here.',
    next: 'Choose one from the list of runs.',
  })
}

/** What a run does not take now, and why. Nothing was changed by asking. */
export function refused(what: string, why: string, next: string): HoldfastError {
  return new HoldfastError('runbook.refused', { what, why, unchanged: 'Nothing was changed.', next })
}

/** One thing is done at a time. */
export function isUnderWay(): HoldfastError {
  return refused(
    'A step of this run is under way.',
    'One thing is done at a time.',
    'Wait for it, or stop it.',
  )
}
