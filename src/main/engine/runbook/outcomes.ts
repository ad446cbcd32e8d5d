import { isHoldfastError } from '../../../shared/domain/error.ts'
import type { Fact } from '../../ports/cluster-driver.ts'
import type { Outcome } from '../../ports/runbook.ts'

interface More {
  readonly evidence?: readonly Fact[]
  readonly learnt?: Readonly<Record<string, string>>
  readonly next?: string
}

export function done(sentence: string, more: More = {}): Outcome {
  return { state: 'done', sentence, evidence: [], ...more }
}

export function failed(sentence: string, more: More = {}): Outcome {
  return { state: 'failed', sentence, evidence: [], ...more }
}

export function notYet(sentence: string, more: More = {}): Outcome {
  return { state: 'notYet', sentence, evidence: [], ...more }
}

export function unknown(sentence: string, more: More = {}): Outcome {
  return { state: 'unknown', sentence, evidence: [], ...more }
}

/** The outcome of looking where an expected failure is one of its answers, in the failure's own words. */
export async function whereFailing(
  looking: () => Promise<Outcome>,
  state: Exclude<Outcome['state'], 'done'>,
): Promise<Outcome> {
  try {
    return await looking()
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    const { what, why, next, unknownHost } = error.text
    return {
      state,
      sentence: why === undefined ? what : `${what} ${why}`,
      evidence: [{ name: 'code', value: error.code }],
      ...(next !== undefined && { next }),
      ...(unknownHost !== undefined && { unknownHost }),
    }
  }
}

/** What an earlier step has learnt. Throws where none did: then a step is missing in the runbook. */
export function knownAs(known: ReadonlyMap<string, string>, name: string): string {
  const value = known.get(name)
  if (value === undefined) throw new Error(`No step before this one learns ${name}.`)
  return value
}
