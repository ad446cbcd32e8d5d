import { mapEventIterator, ORPCError } from '@orpc/client'
import { HoldfastError } from '../../shared/domain/error.ts'

/** Ways in which a connection is no more, as errors with a text for people. */
export function sessionOver(): HoldfastError {
  return new HoldfastError('session.over', {
    what: 'This page has no session any more.',
    why: 'It was loaded again, a newer page took its place, or Holdfast was started again.',
    unchanged: 'Running jobs go on without this page.',
    next: 'Press Enter in the terminal where Holdfast runs: it opens a new page.',
  })
}

export function linkRefused(): HoldfastError {
  return new HoldfastError('session.over', {
    what: 'The link of this page opens nothing any more.',
    why: 'A link works once, within a minute, and only the newest one does.',
    unchanged: 'Running jobs go on without this page.',
    next: 'Press Enter in the terminal where Holdfast runs: it opens a new page.',
  })
}

export function connectionLost(next: string): HoldfastError {
  return new HoldfastError('connection.lost', {
    what: 'Holdfast does not answer.',
    why: 'The connection to it ended: it was stopped, or the way to it is interrupted.',
    unchanged: 'Whatever was running is in its journal, and is gone on with or undone from there.',
    next,
  })
}

interface Call {
  readonly signal?: AbortSignal | undefined
  readonly next: () => Promise<unknown>
}

/**
 * Around every call of a link: what ends because the connection did, at once or in the middle of a stream, is told as that.
 * What the caller itself aborted, and what the other side answered, stays as it is. `ended` is asked before each call: a
 * connection that is gone fails at once instead of never.
 */
export function tellLoss({
  lost,
  ended = () => false,
}: {
  readonly lost: () => Error
  readonly ended?: () => boolean
}) {
  return async ({ signal, next }: Call): Promise<unknown> => {
    const told = (error: unknown): unknown => {
      if (signal?.aborted === true) return error
      if (!(error instanceof ORPCError)) return lost()
      return error.code === 'UNAUTHORIZED' ? sessionOver() : error
    }
    if (ended()) throw lost()
    try {
      const output = await next()
      if (!isStream(output)) return output
      return mapEventIterator(output, {
        value: async (value: unknown) => value,
        error: async (error) => told(error),
      })
    } catch (error) {
      throw told(error)
    }
  }
}

function isStream(output: unknown): output is AsyncIterator<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output && 'next' in output
}
