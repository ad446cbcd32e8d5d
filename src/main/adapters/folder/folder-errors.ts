import { HoldfastError, type ErrorCode } from '../../../shared/domain/error.ts'

/** The error code of a failed system call (`ENOENT`, …); null for anything else that was thrown. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Codes of a path that leads to nothing: a part is missing, is no folder, is too long, or is a link to itself. */
const nowhere = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])

export function leadsNowhere(error: unknown): boolean {
  return nowhere.has(systemCode(error) ?? '')
}

const networkCodes = new Set(['ESTALE', 'ETIMEDOUT', 'ENOTCONN', 'EHOSTDOWN', 'EHOSTUNREACH', 'EREMOTEIO'])

const writeCodes: Readonly<Record<string, readonly [ErrorCode, string, string]>> = {
  ENOSPC: ['repository.full', 'There is no space left.', 'Free space there and run it again.'],
  EDQUOT: ['repository.full', 'The quota is used up.', 'Free space there and run it again.'],
  EROFS: [
    'repository.readOnly',
    'The file system is read-only.',
    'Remount it for writing, or choose another folder.',
  ],
}

/** A failure to reach the folder itself or one of its folders. */
export function folderFailure(error: unknown, folder: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const code = systemCode(error)
  const what = `The folder ${folder} could not be read${code === null ? '' : ` (${code})`}.`
  if (code === 'EACCES' || code === 'EPERM') {
    return new HoldfastError(
      'repository.accessDenied',
      {
        what,
        why: 'This user may not read it.',
        next: `Check the permissions of ${folder} and the folders above it.`,
      },
      { cause: error },
    )
  }
  return new HoldfastError(
    'repository.unreachable',
    { what, next: 'Check the disk or the mount.' },
    { cause: error },
  )
}

export function folderMissing(folder: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'repository.notFound',
    { what: `There is no folder ${folder}.`, next: 'Check the address, and that the disk is mounted.' },
    { cause },
  )
}

/** A failure to read one object. */
export function readFailure(error: unknown, key: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const code = systemCode(error)
  const what = `The object ${JSON.stringify(key)} could not be read${code === null ? '' : ` (${code})`}.`
  if (networkCodes.has(code ?? '')) {
    const next = 'Check the mount and run it again.'
    return new HoldfastError('repository.unreachable', { what, next }, { cause: error })
  }
  const denied = code === 'EACCES' || code === 'EPERM'
  const text = denied
    ? { what, why: 'This user may not read the file.', next: 'Check the permissions of the file.' }
    : { what, why: 'The disk or the mount did not deliver it.' }
  return new HoldfastError('object.unreadable', text, { cause: error })
}

export function missing(key: string): HoldfastError {
  return new HoldfastError('object.missing', { what: `There is no object ${JSON.stringify(key)}.` })
}

export function changed(key: string, why: string): HoldfastError {
  return new HoldfastError('object.changed', { what: `The object ${JSON.stringify(key)} changed.`, why })
}

export function badKey(key: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'object.badKey',
    {
      what: `The key ${JSON.stringify(key)} cannot be written into a folder.`,
      why,
      unchanged: 'Nothing was written.',
    },
    { cause },
  )
}

/** A failure to write or delete one object. */
export function writeFailure(error: unknown, key: string, folder: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const code = systemCode(error) ?? 'unknown failure'
  if (['EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'].includes(code)) {
    return badKey(key, 'It is a folder of other keys, or one of its folders is an object.', error)
  }
  if (code === 'ENAMETOOLONG' || code === 'EINVAL' || code === 'EILSEQ') {
    return badKey(key, 'The file system refuses such a name.', error)
  }
  const what = `The object ${JSON.stringify(key)} could not be written (${code}).`
  const unchanged = 'What stood under the key before is unchanged.'
  const known = writeCodes[code]
  if (known !== undefined) {
    const [errorCode, why, next] = known
    return new HoldfastError(errorCode, { what, why, unchanged, next }, { cause: error })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const why = `This user may not write into ${folder}.`
    const next = 'Check the permissions of the folder.'
    return new HoldfastError('repository.accessDenied', { what, why, unchanged, next }, { cause: error })
  }
  const next = 'Check the disk or the mount.'
  return new HoldfastError('repository.unreachable', { what, unchanged, next }, { cause: error })
}
