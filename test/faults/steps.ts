import type { RestoreTarget } from '../../src/main/ports/restore-target.ts'

/** The steps of a plan, as an operator sees them, and the one of a rollback. */
export const steps = ['check', 'stage', 'sync', 'swap', 'verify', 'finish', 'go back'] as const
export type Step = (typeof steps)[number]

export interface Steps {
  /** The one that the job is in. */
  readonly now: () => Step
  /** The same target; its operations tell where the job is, and `around` is asked before and after each. */
  follow<T extends RestoreTarget>(target: T, around?: () => Promise<void>): T
}

export function followSteps(job: 'restore' | 'rollback'): Steps {
  let now: Step = job === 'rollback' ? 'go back' : 'check'
  function enter(operation: string): void {
    if (job === 'rollback') return
    if (operation === 'createStaging') now = 'stage'
    else if (operation === 'syncStaging') now = 'sync'
    else if (operation === 'hash' && now === 'swap') now = 'verify'
    else if (operation === 'writeJournal' && now === 'verify') now = 'finish'
  }
  return {
    now: () => now,
    follow: (target, around = async () => undefined) => follow(target, around),
  }

  function follow<T extends RestoreTarget>(target: T, around: () => Promise<void>): T {
    return new Proxy(target, {
      get(inner, property) {
        const value: unknown = Reflect.get(inner, property, inner)
        if (typeof value !== 'function' || property === 'close') return bound(value, inner)
        return async (...given: unknown[]): Promise<unknown> => {
          const operation = String(property)
          enter(operation)
          await around()
          const result: unknown = await Reflect.apply(value, inner, given)
          if (operation === 'syncStaging' && now === 'sync') now = 'swap'
          await around()
          return operation === 'lock' ? follow(inner, around) : result
        }
      },
    })
  }
}

function bound(value: unknown, inner: object): unknown {
  return typeof value === 'function' ? value.bind(inner) : value
}
