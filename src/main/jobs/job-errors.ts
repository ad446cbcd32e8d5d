import { HoldfastError } from '../../shared/domain/error.ts'
import type { HeldJob } from './held-job.ts'

export function noSuchJob(id: string): HoldfastError {
  return new HoldfastError('job.notFound', {
    what: `There is no job ${id}.`,
    why: 'The newest 500 are kept.',
  })
}

export function notInterrupted({ spec, view }: HeldJob, asked: 'resumed' | 'dismissed'): HoldfastError {
  return new HoldfastError('job.refused', {
    what: `The job on ${spec.subject} cannot be ${asked}.`,
    why: `It is not interrupted, it is ${view.state}.`,
    unchanged: 'Nothing was changed.',
  })
}

export function isClosing(): HoldfastError {
  return new HoldfastError('job.refused', {
    what: 'No job is started any more.',
    why: 'Holdfast is ending.',
    unchanged: 'Nothing was changed.',
    next: 'Start Holdfast again.',
  })
}

export function onlyRead(why: string): HoldfastError {
  return new HoldfastError('state.readOnly', {
    what: 'Jobs cannot be run or changed here.',
    why,
    unchanged: 'Nothing was changed.',
    next: 'Use the instance that holds the saved state.',
  })
}
