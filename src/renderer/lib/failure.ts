import { ORPCError } from '@orpc/client'
import { failure as schema } from '../../shared/contract/values.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import type { Failure } from '../../shared/domain/failure.ts'

/** What an operator is told of anything that was thrown in the window. */
export function failureOf(error: unknown): Failure {
  if (isHoldfastError(error)) return { code: error.code, ...error.text }
  if (error instanceof ORPCError && error.code === 'FAILED') {
    const told = schema.safeParse(error.data)
    if (told.success) return told.data
  }
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    return {
      code: 'usage',
      what: 'What was sent is not what this procedure takes.',
      unchanged: 'Nothing was changed.',
    }
  }
  return {
    code: 'internal',
    what: 'Holdfast does not answer.',
    why: error instanceof Error && error.message !== '' ? error.message : 'The connection ended.',
    unchanged: 'Running jobs go on without this window.',
    next: 'Try again; if it stays so, start Holdfast again.',
  }
}
