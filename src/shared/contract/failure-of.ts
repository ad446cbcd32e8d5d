import { isHoldfastError } from '../domain/error.ts'
import type { Failure } from './values.ts'

/** What may be told of an error. Of an unexpected one that is nothing but the incident under which it was logged. */
export function failureOf(error: unknown, incident: () => string): Failure {
  if (isHoldfastError(error)) return { code: error.code, ...error.text }
  return {
    code: 'internal',
    what: 'Something happened that this program does not know.',
    next: 'Search the log for the incident, and report it.',
    incident: incident(),
  }
}
