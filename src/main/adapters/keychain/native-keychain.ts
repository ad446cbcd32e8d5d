import { HoldfastError } from '../../../shared/domain/error.ts'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import type { Clock } from '../../ports/clock.ts'

/** What is used of keytar: the operating system's keychain, text by service and account. */
export interface NativeKeychain {
  getPassword: (service: string, account: string) => Promise<string | null>
  setPassword: (service: string, account: string, password: string) => Promise<void>
  deletePassword: (service: string, account: string) => Promise<boolean>
}

/** Its native part needs a library of the system (libsecret on Linux): loaded when it is first used, so that all else starts. */
export async function loadKeytar(): Promise<NativeKeychain> {
  // A CommonJS module whose types name its exports one by one.
  const loaded = (await import('keytar')) as unknown as { readonly default: NativeKeychain }
  return loaded.default
}

/** A call waits in a thread while the keychain asks its owner; then the operator is told, rather than kept waiting. */
const answerWithinMs = 60_000

export interface Keychain {
  get(account: string): Promise<string | null>
  set(account: string, text: string): Promise<void>
  remove(account: string): Promise<void>
}

/**
 * One call at a time: each takes a thread of the pool that files and ciphers need too. Throws `vault.unavailable`, and
 * `vault.locked` where no answer comes.
 */
export function openKeychain(
  service: string,
  { load, clock }: { readonly load: () => Promise<NativeKeychain>; readonly clock: Clock },
): Keychain {
  const turn = inTurn()
  let native: Promise<NativeKeychain> | null = null

  async function ask<T>(call: (keychain: NativeKeychain) => Promise<T>): Promise<T> {
    native ??= load()
    const keychain = await native.catch((error: unknown) => {
      native = null
      throw notLoaded(error)
    })
    const answered = new AbortController()
    let isLate = false
    const late = clock.wait(answerWithinMs, answered.signal).then(() => {
      isLate = true
      throw noAnswer()
    })
    late.catch(() => undefined)
    try {
      const answer = turn(async () => {
        // Whoever asked was told that nothing came of it.
        if (isLate) throw noAnswer()
        return call(keychain)
      })
      answer.catch(() => undefined)
      return await Promise.race([answer, late])
    } catch (error) {
      throw error instanceof HoldfastError ? error : refused(error)
    } finally {
      answered.abort()
    }
  }

  return {
    get: (account) => ask((keychain) => keychain.getPassword(service, account)),
    set: (account, text) => ask((keychain) => keychain.setPassword(service, account, text)),
    remove: async (account) => {
      await ask((keychain) => keychain.deletePassword(service, account))
    },
  }
}

function notLoaded(cause: unknown): HoldfastError {
  return new HoldfastError(
    'vault.unavailable',
    {
      what: 'The keychain of this computer cannot be reached.',
      why: 'A library for it cannot be loaded: on Debian and Ubuntu the package libsecret-1-0 brings it.',
      next: 'Install it, or keep secrets in a sealed file.',
    },
    { cause },
  )
}

function refused(cause: unknown): HoldfastError {
  const said = cause instanceof Error ? cause.message : 'no reason given'
  return new HoldfastError(
    'vault.unavailable',
    {
      what: 'The keychain of this computer does not answer.',
      why: `It says: ${said.replace(/\.$/, '')}. A keychain needs a desktop session.`,
      next: 'Start this program in a desktop session, or keep secrets in a sealed file.',
    },
    { cause },
  )
}

function noAnswer(): HoldfastError {
  return new HoldfastError('vault.locked', {
    what: 'The keychain of this computer gives no answer.',
    why: 'It may be asking its owner for a password in a window of its own.',
    next: 'Answer it there, and try again.',
  })
}
