import { HoldfastError } from '../../../shared/domain/error.ts'
import { systemCode } from '../files/private-files.ts'
import type { Break } from './walk-chain.ts'

/** Another process was at it for longer than an entry waits. */
export class ClaimedElsewhere extends Error {}

const unchanged = 'Nothing was changed: what changes something is done only once its entry is written.'

export function brokenChain(folder: string, { seq, reason }: Break): HoldfastError {
  return new HoldfastError('audit.broken', {
    what: `The audit chain in ${folder} is broken at entry ${seq}.`,
    why: reason,
    unchanged,
    next: 'Keep the folder for whoever looks into it: move it away as it is. A new chain is begun then.',
  })
}

export function cannotWrite(folder: string, error: unknown): HoldfastError {
  return new HoldfastError(
    'audit.cannotWrite',
    {
      what: `The audit chain in ${folder} cannot be written.`,
      why: reasonOf(error),
      unchanged,
      next: 'Make room or give the folder back to this account, then try again.',
    },
    { cause: error },
  )
}

export function cannotRead(path: string, error: unknown): HoldfastError {
  return new HoldfastError(
    'audit.cannotWrite',
    {
      what: `The audit chain ${path} cannot be read.`,
      why: reasonOf(error),
      next: 'Check the path and its permissions.',
    },
    { cause: error },
  )
}

export function reasonOf(error: unknown): string {
  const code = systemCode(error)
  switch (code ?? '') {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'There is no room left for it.'
    case 'EROFS':
      return 'The file system is read-only.'
    case 'EACCES':
    case 'EPERM':
      return 'This account may not write there.'
    case 'ENOENT':
      return 'There is no such file.'
    case 'ELOOP':
    case 'ENOTDIR':
      return 'A link or a file stands where its folder or file should be.'
    default:
      if (code !== null) return `The system says ${code}.`
      return error instanceof ClaimedElsewhere ? error.message : 'The system does not say why.'
  }
}
