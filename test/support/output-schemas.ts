import {
  getEventIteratorSchemaDetails,
  isContractProcedure,
  type AnySchema,
  type ErrorMap,
} from '@orpc/contract'
import * as z from 'zod'

export interface Procedure {
  /** `area.name` */
  readonly path: string
  readonly input: AnySchema | undefined
  /** What can leave: its output and the data of its errors. */
  readonly outputs: readonly (readonly [string, AnySchema | undefined])[]
}

/** All procedures of a contract, however deep. */
export function proceduresOf(router: object, path: readonly string[] = []): readonly Procedure[] {
  if (isContractProcedure(router)) {
    const { inputSchema, outputSchema, errorMap } = router['~orpc']
    const errors = Object.entries<ErrorMap[string]>(errorMap).map(
      ([code, error]) => [code, error?.data] as const,
    )
    return [{ path: path.join('.'), input: inputSchema, outputs: [['output', outputSchema], ...errors] }]
  }
  return Object.entries(router).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null ? proceduresOf(inner, [...path, name]) : [],
  )
}

/** A place in a schema through which a secret could pass, and why. */
export interface Leak {
  readonly at: string
  readonly why: string
}

const tellingName = /secret|passphrase|password|token|private|bearer/i

/**
 * Walks a schema to its leaves. Only what is known to be closed passes: text, numbers, choices, and objects and lists of
 * them. What would let through something that is not written down (any, unknown, records, open objects, code) is a leak.
 */
export function leaksOf(schema: AnySchema | undefined, at: string): readonly Leak[] {
  if (schema === undefined) return [{ at, why: 'it has no schema, so nothing is stripped' }]
  const stream = getEventIteratorSchemaDetails(schema)
  if (stream === undefined) return walk(schema, at, new Set())
  const { yields, returns } = stream
  return [
    ...leaksOf(yields, `${at}[event]`),
    ...(returns === undefined ? [] : leaksOf(returns, `${at}[end]`)),
  ]
}

function walk(schema: unknown, at: string, seen: Set<unknown>): readonly Leak[] {
  if (!(schema instanceof z.core.$ZodType)) return [{ at, why: 'it is no zod schema' }]
  if (seen.has(schema)) return []
  const inside = new Set(seen).add(schema)
  const own =
    z.globalRegistry.get(schema)?.['secret'] === true ? [{ at, why: 'it is marked as a secret' }] : []
  return [...own, ...walkInside(schema as z.core.$ZodTypes, at, inside)]
}

const closedLeaves: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'null', 'literal', 'enum'])

function walkInside({ _zod: { def } }: z.core.$ZodTypes, at: string, seen: Set<unknown>): readonly Leak[] {
  if (closedLeaves.has(def.type)) return []
  if (def.type === 'array') return walk(def.element, `${at}[]`, seen)
  if (def.type === 'union') {
    return def.options.flatMap((option, index) => walk(option, `${at}|${index}`, seen))
  }
  if (
    def.type === 'optional' ||
    def.type === 'nullable' ||
    def.type === 'readonly' ||
    def.type === 'default'
  ) {
    return walk(def.innerType, at, seen)
  }
  if (def.type === 'object') {
    const isOpen = def.catchall !== undefined && !(def.catchall instanceof z.ZodNever)
    return [
      ...(isOpen ? [{ at, why: 'it lets unknown fields through' }] : []),
      ...Object.entries(def.shape).flatMap(([name, field]) => [
        ...(tellingName.test(name)
          ? [{ at: `${at}.${name}`, why: 'its name says that it is a secret' }]
          : []),
        ...walk(field, `${at}.${name}`, seen),
      ]),
    ]
  }
  return [{ at, why: `what passes through ${def.type} is not written down` }]
}
