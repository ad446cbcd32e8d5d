import { HoldfastError } from '../../shared/domain/error.ts'

/**
 * What a call of the desk was refused with, as the error that it was: an in-process call fails as one from a window does.
 * Anything else is given back as it is.
 */
export async function toldFailure(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'FAILED' || !('data' in error)) {
    return error
  }
  const { failure } = await import('../../shared/contract/values.ts')
  const told = failure.safeParse(error.data)
  if (!told.success) return error
  const { code, what, why, unchanged, next, incident } = told.data
  return new HoldfastError(
    code,
    {
      what: incident === undefined ? what : `${what} Incident ${incident}.`,
      ...(why !== undefined && { why }),
      ...(unchanged !== undefined && { unchanged }),
      ...(next !== undefined && { next }),
    },
    { cause: error },
  )
}
