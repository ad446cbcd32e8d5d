import { isHoldfastError } from './error.ts'

/** True for a failure that the same request may not meet again a little later. */
export function isTransient(error: unknown): boolean {
  return isHoldfastError(error, 'repository.unreachable')
}

/**
 * True where a reading that has begun may be taken up again from its last good byte: the way broke, or what stores the
 * object stumbled. Never after `object.changed`: bytes of two versions must not mix.
 */
export function mayBeResumed(error: unknown): boolean {
  return isTransient(error) || isHoldfastError(error, 'object.unreadable')
}

/** The longest pause before the attempt after `failures` failed ones: 250 ms, doubled each time, at most 8 s. */
export function longestPauseMs(failures: number): number {
  return Math.min(8_000, 250 * 2 ** (failures - 1))
}
