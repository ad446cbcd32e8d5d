import { HoldfastError } from '../../../shared/domain/error.ts'

export function locked(name: string, why: string): HoldfastError {
  return new HoldfastError('vault.locked', {
    what: `The keychain is locked (${name}).`,
    why,
    unchanged: 'Nothing was overwritten.',
    next: 'Unlock it in the desktop session, and try again.',
  })
}

export function unavailable(name: string, why: string): HoldfastError {
  return new HoldfastError('vault.unavailable', {
    what: `The keychain cannot be used (${name}).`,
    why,
    unchanged: 'Nothing was changed.',
    next: 'Start this program in a desktop session.',
  })
}

export function notSetUp(name: string): HoldfastError {
  return new HoldfastError('vault.unavailable', {
    what: `The keychain holds nothing of this installation (${name}).`,
    why: 'It was never set up here, or its items were removed by other hands.',
    next: 'Choose it anew in Settings, and enter the secrets again.',
  })
}

export function alreadySetUp(name: string): HoldfastError {
  return new HoldfastError('vault.unavailable', {
    what: `The keychain is set up already (${name}).`,
    unchanged: 'It was left as it is.',
    next: 'Go on with what it holds.',
  })
}

export function noPassphrase(name: string): HoldfastError {
  return new HoldfastError('usage', {
    what: `The keychain takes no passphrase from here (${name}).`,
    unchanged: 'Nothing was changed.',
    next: 'Leave it out; the keychain asks its owner itself.',
  })
}

export function lost(name: string): HoldfastError {
  return new HoldfastError('vault.lost', {
    what: `The keychain does not hold this secret (${name}).`,
    next: 'Enter it again.',
  })
}

export function damaged(name: string): HoldfastError {
  return new HoldfastError('vault.damaged', {
    what: `What the keychain holds is not what was put there (${name}).`,
    why: 'The item was changed by other hands, or cut.',
    unchanged: 'It was left as it is.',
    next: 'Enter the secret again.',
  })
}

export function notKept(name: string): HoldfastError {
  return new HoldfastError('vault.damaged', {
    what: `The keychain did not keep the secret as it was given (${name}).`,
    why: 'It may be too long for it.',
    unchanged: 'What was there before is still there.',
    next: 'Keep secrets in a sealed file.',
  })
}
