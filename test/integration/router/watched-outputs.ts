import { getEventIteratorSchemaDetails } from '@orpc/contract'
import { isProcedure, Procedure } from '@orpc/server'
import * as z from 'zod'
import type { Router } from '../../../src/main/handlers/router.ts'

export interface WatchedOutputs {
  /** The same procedures; what their handlers give is looked at before anything is stripped from it. */
  readonly router: Router
  /** What did not fit: where, and what was there. */
  readonly faults: readonly string[]
  /** How many values of this procedure were held against its schema. */
  seen(path: string): number
}

/**
 * Holds what each handler gives against its own schema. oRPC strips what is not in it; here that is a fault, since a field
 * that is stripped today is one that somebody meant to send, or must not.
 */
export function watchOutputs(router: Router): WatchedOutputs {
  const faults: string[] = []
  const counts = new Map<string, number>()

  function hold(path: string, schema: unknown, value: unknown): void {
    counts.set(path, (counts.get(path) ?? 0) + 1)
    if (!(schema instanceof z.ZodType)) return void faults.push(`${path}: it has no schema`)
    // As it crosses a wire: what JSON leaves out is not there.
    const sent: unknown = JSON.parse(JSON.stringify(value))
    const parsed = schema.safeParse(sent)
    if (!parsed.success) return void faults.push(`${path}: ${z.prettifyError(parsed.error)}`)
    for (const name of stripped(sent, parsed.data, '')) faults.push(`${path}: ${name} is in no schema`)
  }

  async function* each(
    path: string,
    schema: unknown,
    values: AsyncIterable<unknown>,
  ): AsyncGenerator<unknown> {
    for await (const value of values) {
      hold(path, schema, value)
      yield value
    }
  }

  function watch(node: unknown, path: readonly string[]): unknown {
    if (isProcedure(node)) {
      const definition = node['~orpc']
      const name = path.join('.')
      const stream = getEventIteratorSchemaDetails(definition.outputSchema)
      return new Procedure({
        ...definition,
        handler: async (options) => {
          const output: unknown = await definition.handler(options)
          if (stream === undefined) {
            hold(name, definition.outputSchema, output)
            return output
          }
          return each(name, stream.yields, output as AsyncIterable<unknown>)
        },
      })
    }
    return Object.fromEntries(
      Object.entries(node as object).map(([name, inner]) => [name, watch(inner, [...path, name])]),
    )
  }

  return {
    router: watch(router, []) as Router,
    faults,
    seen: (path) => counts.get(path) ?? 0,
  }
}

/** Names of what is in the first value and not in the second. */
function stripped(before: unknown, after: unknown, at: string): readonly string[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.flatMap((each, place) => stripped(each, after[place], `${at}[${place}]`))
  }
  if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) return []
  const kept: Readonly<Record<string, unknown>> = { ...after }
  return Object.entries(before).flatMap(([name, value]) =>
    name in kept ? stripped(value, kept[name], `${at}.${name}`) : [`${at}.${name}`],
  )
}
