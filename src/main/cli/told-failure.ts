import { HoldfastError } from '../../shared/domain/error.ts'

/**
 * What a call of the desk was refused with, as the error that it was: an in-process call fails as one from a window does.
 * Anything else is given back as it is.
 */
export async function toldFailure(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('code' in error) || !('data' in error)) return error
  if (error.code === 'BAD_REQUEST') return unfit(error.data, error)
  if (error.code !== 'FAILED') return error
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

/** Which field is wrong and why, without what was in it. */
function unfit(data: unknown, cause: Error): HoldfastError {
  const issues: readonly unknown[] =
    typeof data === 'object' && data !== null && 'issues' in data && Array.isArray(data.issues)
      ? data.issues
      : []
  return new HoldfastError(
    'usage',
    {
      what: 'What was given is not what this takes.',
      ...(issues.length > 0 && { why: issues.map(issueWords).join('; ') }),
      unchanged: 'Nothing was changed.',
      next: 'See "holdfast --help", or "holdfast COMMAND --help".',
    },
    { cause },
  )
}

function issueWords(issue: unknown): string {
  if (typeof issue !== 'object' || issue === null) return 'unknown'
  const path = 'path' in issue && Array.isArray(issue.path) ? issue.path.join('.') : ''
  const message = 'message' in issue ? String(issue.message) : 'unknown'
  return path === '' ? message : `${path}: ${message}`
}
