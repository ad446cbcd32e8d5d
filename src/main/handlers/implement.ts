import { mapEventIterator } from '@orpc/client'
import { implement, ORPCError, os } from '@orpc/server'
import { base } from '../../shared/contract/base.ts'
import { contract } from '../../shared/contract/contract.ts'
import { failureOf } from '../../shared/domain/failure.ts'
import { inTurn } from '../../shared/domain/in-turn.ts'
import type { CallContext } from '../ports/call-context.ts'

export type { CallContext }

/**
 * Whatever a handler throws, at once or in the middle of a stream, leaves as `FAILED`: a `HoldfastError` with its code and
 * text, anything else as `internal` with an incident id and nothing of its own text.
 */
export const tellFailures = os
  .$context<CallContext>()
  .errors(base['~orpc'].errorMap)
  .middleware(async ({ next, errors, context, path }) => {
    const told = (error: unknown): Error =>
      // What the caller did wrong is said by oRPC itself. An output that does not fit its schema is our own fault.
      error instanceof ORPCError && (error.defined || error.status < 500)
        ? error
        : errors.FAILED({ data: failureOf(error, context.log, path.join('.')) })
    try {
      const result = await next()
      return isStream(result.output)
        ? {
            ...result,
            output: mapEventIterator(result.output, {
              value: async (value: unknown) => value,
              error: async (error) => told(error),
            }),
          }
        : result
    } catch (error) {
      throw told(error)
    }
  })

/** Of all calls that it is used for one at a time: what was looked up before something is saved is still so when it is. */
export function oneAtATime() {
  const turn = inTurn()
  return os.$context<CallContext>().middleware(({ next }) => turn(async () => next()))
}
export type OneAtATime = ReturnType<typeof oneAtATime>

/** Of a call that nobody ends: made in this process, without a signal. */
export const never = new AbortController().signal

/** The contract to implement. */
export const implementation = implement(contract).$context<CallContext>().use(tellFailures)

function isStream(output: unknown): output is AsyncIterator<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output && 'next' in output
}
