import { eventIterator } from '@orpc/contract'
import { implement } from '@orpc/server'
import * as z from 'zod'
import { tellFailures } from '../../../src/main/handlers/implement.ts'
import type { CallContext } from '../../../src/main/ports/call-context.ts'
import { base } from '../../../src/shared/contract/base.ts'
import { cancelled } from '../../../src/shared/domain/cancelled.ts'
import { HoldfastError } from '../../../src/shared/domain/error.ts'

/** A contract with one procedure for each thing that a transport has to carry. */
export const smallContract = {
  values: {
    echo: base.input(z.strictObject({ text: z.string() })).output(z.object({ text: z.string() })),
    /** Its handler answers with more than this. */
    stripped: base.output(z.object({ name: z.string() })),
    /** Its handler answers with something else. */
    unfit: base.output(z.object({ name: z.string() })),
  },
  failures: {
    expected: base.output(z.object({})),
    unexpected: base.output(z.object({})),
    streamed: base.input(z.strictObject({ expected: z.boolean() })).output(eventIterator(z.number())),
  },
  waits: {
    /** Ends when its caller stops waiting, or with `release`. */
    forever: base.input(z.strictObject({ name: z.string() })).output(z.object({ released: z.boolean() })),
    /** Counts once, then waits. */
    stream: base.input(z.strictObject({ name: z.string() })).output(eventIterator(z.number())),
  },
}

export const plantedText = 'planted-secret-5f1c'

/** What the handlers saw, and a way to let their waits end. */
export interface Seen {
  readonly calls: readonly string[]
  /** Resolves once this was seen. */
  until(what: string): Promise<void>
  release(name: string): void
}

export function makeSmallRouter() {
  const calls: string[] = []
  const waiting = new Map<string, (() => void)[]>()
  const releases = new Map<string, () => void>()
  const see = (what: string): void => {
    calls.push(what)
    for (const resolve of waiting.get(what) ?? []) resolve()
  }
  const seen: Seen = {
    calls,
    until: async (what) => {
      if (calls.includes(what)) return
      await new Promise<void>((resolve) => waiting.set(what, [...(waiting.get(what) ?? []), resolve]))
    },
    release: (name) => releases.get(name)?.(),
  }
  const ended = (name: string, signal: AbortSignal | undefined): Promise<boolean> =>
    new Promise((resolve) => {
      releases.set(name, () => resolve(true))
      signal?.addEventListener('abort', () => resolve(false), { once: true })
    })

  const small = implement(smallContract).$context<CallContext>().use(tellFailures)
  const withMore = { name: 'shown', secretAccessKey: plantedText }
  const router = small.router({
    values: {
      echo: small.values.echo.handler(({ input }) => {
        see('echo')
        return { text: input.text }
      }),
      stripped: small.values.stripped.handler(() => withMore),
      unfit: small.values.unfit.handler(() => JSON.parse(`{"name":["${plantedText}"]}`)),
    },
    failures: {
      expected: small.failures.expected.handler(() => {
        throw new HoldfastError(
          'repository.accessDenied',
          { what: 'The listing of the bucket was refused.', next: 'Check the key.' },
          { cause: new Error(plantedText) },
        )
      }),
      unexpected: small.failures.unexpected.handler(() => {
        throw new Error(plantedText)
      }),
      streamed: small.failures.streamed.handler(async function* ({ input }) {
        yield 1
        if (input.expected) throw new HoldfastError('object.missing', { what: 'The object is gone.' })
        throw new Error(plantedText)
      }),
    },
    waits: {
      forever: small.waits.forever.handler(async ({ input, signal }) => {
        see(`began ${input.name}`)
        const released = await ended(input.name, signal)
        see(`${released ? 'released' : 'aborted'} ${input.name}`)
        if (!released) throw cancelled()
        return { released }
      }),
      stream: small.waits.stream.handler(async function* ({ input, signal }) {
        try {
          yield 1
          see(`waits ${input.name}`)
          await ended(input.name, signal)
        } finally {
          see(`left ${input.name}`)
        }
      }),
    },
  })
  return { router, seen }
}
