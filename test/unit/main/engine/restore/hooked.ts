import type { RestoreTarget } from '../../../../../src/main/ports/restore-target.ts'

/** The same target, with something done before or after each operation; what it throws is the operation's failure. */
export function hooked<T extends RestoreTarget>(
  target: T,
  hooks: {
    readonly before?: (operation: string, given: readonly unknown[]) => void
    readonly after?: (operation: string, given: readonly unknown[]) => void
    /** Around each piece that is written. */
    readonly piece?: () => void
  },
): T {
  return new Proxy(target, {
    get(inner, property) {
      const value: unknown = Reflect.get(inner, property, inner)
      if (typeof value !== 'function') return value
      return async (...given: unknown[]): Promise<unknown> => {
        hooks.before?.(String(property), given)
        const result: unknown = await Reflect.apply(
          value,
          inner,
          given.map((each) => piecewise(each, hooks.piece)),
        )
        hooks.after?.(String(property), given)
        return property === 'lock' ? hooked(inner, hooks) : result
      }
    },
  })
}

function piecewise(value: unknown, hook: (() => void) | undefined): unknown {
  if (hook === undefined || !isIterable(value)) return value
  return (async function* () {
    for await (const piece of value) {
      hook()
      yield piece
    }
  })()
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
