import { HoldfastError } from '../../../shared/domain/error.ts'

/** Status codes of SFTP version 3 (draft-ietf-secsh-filexfer-02, 7). */
export const sftpStatus = {
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
} as const

/** The status that a server answered with; null for any other failure. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null
}

/** No such file; or a name that is too long for one, which OpenSSH answers with "bad message". */
export function isNowhere(error: unknown): boolean {
  const status = statusOf(error)
  return status === sftpStatus.noSuchFile || status === sftpStatus.badMessage
}

export function unreachable(what: string, why: string, cause?: unknown): HoldfastError {
  const next = 'Check the network and the server, and run it again.'
  return new HoldfastError('repository.unreachable', { what, why, next }, { cause })
}

export function badAnswer(what: string): HoldfastError {
  return new HoldfastError('repository.badAnswer', {
    what,
    why: 'The SFTP server does not keep to the protocol.',
    unchanged: 'Nothing of this answer was used.',
  })
}

/** A failure to reach the repository's folder or one of its folders. */
export function folderFailure(error: unknown, folder: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const what = `The folder ${folder} on the server could not be read.`
  if (isNowhere(error)) {
    const next = 'Check the address.'
    return new HoldfastError(
      'repository.notFound',
      { what: `There is no folder ${folder} on the server.`, next },
      { cause: error },
    )
  }
  if (statusOf(error) === sftpStatus.permissionDenied) {
    const text = {
      what,
      why: 'The server refused it to this user.',
      next: 'Check the permissions on the server.',
    }
    return new HoldfastError('repository.accessDenied', text, { cause: error })
  }
  return badAnswer(`${what} The server gave no reason.`)
}

export function readFailure(error: unknown, key: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const denied = statusOf(error) === sftpStatus.permissionDenied
  return new HoldfastError(
    'object.unreadable',
    {
      what: `The object ${JSON.stringify(key)} could not be read.`,
      why: denied ? 'The server refused it to this user.' : 'The server failed to read it.',
      next: denied ? 'Check the permissions of the file on the server.' : 'Check the server’s disk.',
    },
    { cause: error },
  )
}

export function missing(key: string): HoldfastError {
  return new HoldfastError('object.missing', { what: `There is no object ${JSON.stringify(key)}.` })
}

export function changed(key: string, why: string): HoldfastError {
  return new HoldfastError('object.changed', { what: `The object ${JSON.stringify(key)} changed.`, why })
}

export function badKey(key: string, why: string): HoldfastError {
  const what = `The key ${JSON.stringify(key)} cannot be written into a folder.`
  return new HoldfastError('object.badKey', { what, why, unchanged: 'Nothing was written.' })
}

/** A failure to write or delete one object, where the server's disk is not to blame. */
export function writeFailure(error: unknown, key: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const what = `The object ${JSON.stringify(key)} could not be written.`
  const unchanged = 'What stood under the key before is unchanged.'
  if (statusOf(error) === sftpStatus.permissionDenied) {
    const text = {
      what,
      why: 'The server refused it to this user.',
      unchanged,
      next: 'Check the permissions on the server.',
    }
    return new HoldfastError('repository.accessDenied', text, { cause: error })
  }
  if (statusOf(error) === sftpStatus.badMessage) return badKey(key, 'The server refuses such a name.')
  const text = { what, why: 'The server gave no reason.', unchanged, next: 'Check the server’s disk.' }
  return new HoldfastError('repository.badAnswer', text, { cause: error })
}
