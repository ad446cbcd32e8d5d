import { HoldfastError } from '../../../shared/domain/error.ts'
import { Damage } from './sealed-document.ts'
import { UnsafePlace } from './sealed-disk.ts'

export function locked(path: string): HoldfastError {
  return new HoldfastError('vault.locked', {
    what: `The sealed file ${path} is locked.`,
    unchanged: 'Nothing was changed.',
    next: 'Unlock it with its passphrase.',
  })
}

export function wrongPassphrase(path: string): HoldfastError {
  return new HoldfastError('vault.wrongPassphrase', {
    what: `The passphrase does not open the sealed file ${path}.`,
    unchanged: 'Nothing was changed.',
    next: 'Type it again; the file itself is whole.',
  })
}

export function notThere(path: string): HoldfastError {
  return new HoldfastError('vault.unavailable', {
    what: `The sealed file ${path} is not there.`,
    why: 'It was never made, or it was moved or deleted.',
    next: 'Put it back, or set up a new one and enter the secrets again.',
  })
}

export function alreadyThere(path: string): HoldfastError {
  return new HoldfastError('vault.unavailable', {
    what: `The sealed file ${path} is there already.`,
    unchanged: 'It was left as it is.',
    next: 'Unlock it with its passphrase, or move it away first.',
  })
}

export function lost(path: string): HoldfastError {
  return new HoldfastError('vault.lost', {
    what: `The sealed file ${path} does not hold this secret.`,
    next: 'Enter it again.',
  })
}

export function olderFile(path: string, found: number, seen: number): HoldfastError {
  return new HoldfastError('vault.damaged', {
    what: `The sealed file ${path} is an older one than this program saved (save ${found}, after save ${seen}).`,
    why: 'An earlier copy was put in its place while this program was running.',
    unchanged: 'It was left as it is.',
    next: 'Find out who put it there; lock and unlock to go on with it.',
  })
}

/** What this folder's helpers throw, in the words of the port. */
export function asVaultError(error: unknown, path: string): unknown {
  if (error instanceof HoldfastError) return error
  if (error instanceof Damage) {
    return new HoldfastError('vault.damaged', {
      what: `The sealed file ${path} is damaged.`,
      why: error.message,
      unchanged: 'It was left as it is.',
      next: 'Put back a copy of it, or move it away, set up a new one and enter the secrets again.',
    })
  }
  if (error instanceof UnsafePlace) {
    return new HoldfastError('vault.unavailable', {
      what: 'Secrets are not kept there.',
      why: error.message,
      unchanged: 'Nothing was changed.',
      next: error.next,
    })
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return new HoldfastError(
      'vault.unavailable',
      {
        what: `The sealed file ${path} cannot be read or written (${error.code}).`,
        unchanged: 'What it held before is still there.',
        next: 'Check the folder, its permissions and its free space.',
      },
      { cause: error },
    )
  }
  return error
}
