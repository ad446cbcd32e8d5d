import { HoldfastError, type ErrorCode, type ErrorText } from '../../../shared/domain/error.ts'

/** The `code` of a system error (`ENOENT`, …); null for anything else. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** The result of `looking`, or null where what it looks for is not there. */
export async function unlessMissing<T>(looking: Promise<T>): Promise<T | null> {
  try {
    return await looking
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

export function refused(what: string, why: string, next?: string): HoldfastError {
  return new HoldfastError('target.refused', { what, why, ...(next === undefined ? {} : { next }) })
}

/** What the system said about a target, in the words of the port. */
export function asTargetError(error: unknown, path: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const [code, text] = wording(systemCode(error) ?? 'nothing more', path)
  return new HoldfastError(code, text, { cause: error })
}

function wording(code: string, path: string): [ErrorCode, ErrorText] {
  switch (code) {
    case 'ENOSPC':
      return full(path, 'The file system is full.')
    case 'EDQUOT':
      return full(path, 'The disk quota is used up.')
    case 'EROFS':
      return [
        'target.refused',
        {
          what: `${path} cannot be written.`,
          why: 'The file system is mounted read-only.',
          next: 'Find out why, mount it for writing, or choose another target.',
        },
      ]
    case 'EACCES':
    case 'EPERM':
      return [
        'target.refused',
        {
          what: `${path} cannot be used.`,
          why: 'This account is not allowed to.',
          next: 'Use the account that owns the folder, or root.',
        },
      ]
    case 'ELOOP':
    case 'ENOTDIR':
      return [
        'target.refused',
        {
          what: `${path} cannot be used.`,
          why: 'It, or a folder on the way to it, is a link or a file. Links are never followed.',
        },
      ]
    case 'EEXIST':
    case 'ENOTEMPTY':
      return [
        'target.refused',
        {
          what: `${path} cannot be written.`,
          why: 'Something stands there already; nothing is ever replaced.',
        },
      ]
    case 'EXDEV':
      return [
        'target.refused',
        {
          what: `What stands in ${path} cannot be moved.`,
          why: 'Its file system would have to copy it: it lies in a layer below, or counts against another quota.',
        },
      ]
    case 'EBUSY':
      return [
        'target.refused',
        {
          what: `${path} cannot be moved.`,
          why: 'The system says that it is in use, or something is mounted on it.',
        },
      ]
    default:
      return ['restore.failed', { what: `${path} could not be worked on.`, why: `The system says ${code}.` }]
  }
}

function full(path: string, why: string): [ErrorCode, ErrorText] {
  return ['target.full', { what: `${path} could not be written.`, why, next: 'Make room, then try again.' }]
}

/** Of a file whose length was said before. */
export function notAsLong(path: string, sizeBytes: number): HoldfastError {
  return new HoldfastError('restore.failed', {
    what: `${path} could not be written.`,
    why: `Its source did not deliver the ${sizeBytes} bytes that were announced.`,
  })
}
