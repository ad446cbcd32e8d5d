import type { RestoreTarget } from '../../../../../src/main/ports/restore-target.ts'
import { hooked } from './hooked.ts'

/** What a process that has been killed can still do: nothing. It is no expected failure, so nothing may swallow it. */
export class Killed extends Error {}

export interface KillSwitch {
  /** A point where the process may die; throws once it has. */
  tick(): void
  /** Throws once it has died. */
  check(): void
  /** How many points were passed. */
  readonly passed: number
  /** `now`: at the point just passed. */
  readonly died: 'no' | 'now' | 'before'
}

/** Dies at the `at`-th point, counted from 1; never for 0. `die` does not return where the process really ends. */
export function killSwitch(at: number, die: () => void = () => undefined): KillSwitch {
  let passed = 0
  let died: KillSwitch['died'] = 'no'
  const check = (): void => {
    if (died === 'no') return
    died = 'before'
    throw new Killed('dead')
  }
  return {
    check,
    tick() {
      check()
      passed += 1
      if (passed !== at) return
      died = 'now'
      die()
      throw new Killed('killed')
    },
    get passed() {
      return passed
    },
    get died() {
      return died
    },
  }
}

/** The same target, with a point before and after every operation and at every piece that is written. */
export function killable(target: RestoreTarget, kill: KillSwitch): RestoreTarget {
  const tick = (): void => kill.tick()
  return hooked(target, { before: tick, after: tick, piece: tick })
}
