import type { Check } from '../../shared/contract/values.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { failureOf, type Failure } from '../../shared/domain/failure.ts'
import type { DeskPorts } from './ports.ts'

/** A step has failed and said so; what follows it is not tried. */
export class StepFailed extends Error {
  readonly failure: Failure

  constructor(failure: Failure, cause: unknown) {
    super(failure.what, { cause })
    this.failure = failure
  }
}

/** Runs one line of a test: told when it begins, and how it ended. Throws `StepFailed`, or `cancelled`. */
export type CheckStep = <T>(
  id: string,
  group: string,
  /** What is being done, while it is. */
  running: string,
  work: () => Promise<T>,
  /** The sentence for what was seen; a state other than passed, where it is no plain good news. */
  done: (value: T) => Partial<Check> & { readonly title: string },
) => Promise<T>

/** `where`: the area, for the log. */
export function checkSteps(
  { clock, log }: Pick<DeskPorts, 'clock' | 'log'>,
  where: string,
  emit: (check: Check) => void,
): CheckStep {
  return async (id, group, running, work, done) => {
    const startedMs = clock.now()
    emit({ id, group, state: 'running', title: running })
    try {
      const value = await work()
      emit({ id, group, state: 'passed', tookMs: clock.now() - startedMs, ...done(value) })
      return value
    } catch (error) {
      if (error instanceof StepFailed || isHoldfastError(error, 'cancelled')) throw error
      const failure = failureOf(error, log, `${where}.${id}`)
      const { code, what, why, next } = failure
      const detail = [why, next].filter((part) => part !== undefined).join(' ')
      emit({ id, group, state: 'failed', code, title: what, detail })
      throw new StepFailed(failure, error)
    }
  }
}
