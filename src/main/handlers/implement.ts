import { implement, ORPCError } from '@orpc/server'
import { contract } from '../../shared/contract/contract.ts'
import { failureOf } from '../../shared/domain/failure.ts'
import type { Log } from '../ports/log.ts'

/** Who calls, as the shell that carries the call knows it. */
export interface CallContext {
  readonly shell: 'electron' | 'browser' | 'commandLine'
  readonly log: Log
}

const bare = implement(contract).$context<CallContext>()

/**
 * The contract to implement. Whatever a handler throws leaves as `FAILED`: a `HoldfastError` with its code and text,
 * anything else as `internal` with an incident id and nothing of its own text.
 */
export const implementation = bare.use(async ({ next, errors, context, path }) => {
  try {
    return await next()
  } catch (error) {
    if (error instanceof ORPCError) throw error
    throw errors.FAILED({ data: failureOf(error, context.log, path.join('.')) })
  }
})
