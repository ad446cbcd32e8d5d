import * as z from 'zod'
import { fingerprint, id } from './values.ts'

/**
 * How a cluster's masters are reached, as each system's own schema says it. Every entry of such a schema is made by one of the
 * functions below, which put beside it what a form needs to ask for it, so that the form is drawn from the schema.
 */

const fieldBase = {
  name: z.string(),
  label: z.string(),
  help: z.string(),
  required: z.boolean(),
}

export const connectionField = z.discriminatedUnion('kind', [
  /** `https://host:port`, several. */
  z.object({ ...fieldBase, kind: z.literal('origins'), example: z.string() }),
  /** `user@host:port` or a name of `~/.ssh/config`, several. */
  z.object({ ...fieldBase, kind: z.literal('hosts') }),
  /** `usual`: what a form begins with, and what is meant where nothing is said. */
  z.object({ ...fieldBase, kind: z.literal('text'), example: z.string(), usual: z.string() }),
  z.object({ ...fieldBase, kind: z.literal('switch') }),
  z.object({
    ...fieldBase,
    kind: z.literal('choice'),
    choices: z.array(z.object({ value: z.string(), label: z.string() })),
  }),
  z.object({ ...fieldBase, kind: z.literal('credential'), of: z.enum(['login', 'token', 'password', 's3']) }),
  z.object({ ...fieldBase, kind: z.literal('tls') }),
  z.object({ ...fieldBase, kind: z.literal('ssh') }),
])
export type ConnectionField = z.infer<typeof connectionField>
type FieldOf<K extends ConnectionField['kind']> = Omit<
  Extract<ConnectionField, { readonly kind: K }>,
  'kind' | 'name' | 'required'
>

/** Values as a form holds them. They name credentials by their id and hold none. */
export const connectionValues = z.record(z.string(), z.json())
export type ConnectionValues = z.infer<typeof connectionValues>

const fields = z.registry<{ readonly describe: (name: string) => ConnectionField }>()

const file = z.string().min(1).max(4096)

/** An origin alone: a path, a query or a login in it would be lost, or kept in the open. */
const origin = (usualPort: number | null) =>
  z.string().transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null
    const isOrigin =
      url !== null &&
      /^https?:$/.test(url.protocol) &&
      url.pathname === '/' &&
      url.search === '' &&
      url.hash === '' &&
      url.username === '' &&
      url.password === ''
    if (isOrigin) return usualPort === null ? url.origin : withPort(url, text, usualPort)
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(text)} is not of the form https://host:port.`,
    })
    return z.NEVER
  })

/** A URL forgets a port that is usual for its scheme, so whether one was written is in the text alone. */
function withPort({ protocol, hostname }: URL, text: string, usualPort: number): string {
  const written = /:(\d+)\/?\s*$/.exec(text)?.[1]
  return `${protocol}//${hostname}:${written === undefined ? usualPort : Number(written)}`
}

/** `usualPort`: of a program that has one of its own; it stands for a port that is left out. */
export function origins(of: FieldOf<'origins'>, least: 0 | 1, usualPort: number | null = null) {
  return z
    .array(origin(usualPort))
    .min(least, 'At least one address is needed.')
    .max(16)
    .prefault([])
    .register(fields, { describe: (name) => ({ ...of, kind: 'origins', name, required: least > 0 }) })
}

export function hosts(of: FieldOf<'hosts'>, least: 0 | 1) {
  return z
    .array(z.string().regex(/^[^\s-][^\s]*$/, 'A host is user@host:port, or a name of ~/.ssh/config.'))
    .min(least, 'At least one host is needed.')
    .max(64)
    .prefault([])
    .register(fields, { describe: (name) => ({ ...of, kind: 'hosts', name, required: least > 0 }) })
}

/** A line of text; `''` where it is left empty. */
export function text(of: Omit<FieldOf<'text'>, 'usual'>, usual = '') {
  return z
    .string()
    .max(1024)
    .regex(/^[^\p{Cc}]*$/u, 'Control characters cannot be part of it.')
    .default(usual)
    .register(fields, { describe: (name) => ({ ...of, usual, kind: 'text', name, required: false }) })
}

export function onOff(of: FieldOf<'switch'>) {
  return z
    .boolean()
    .default(false)
    .register(fields, { describe: (name) => ({ ...of, kind: 'switch', name, required: false }) })
}

export function choice<const T extends string>(
  of: Omit<FieldOf<'choice'>, 'choices'>,
  choices: readonly [{ readonly value: T; readonly label: string }, ...{ value: T; label: string }[]],
) {
  return z
    .enum(choices.map(({ value }) => value))
    .default(choices[0].value)
    .register(fields, {
      describe: (name) => ({ ...of, kind: 'choice', name, required: false, choices: [...choices] }),
    })
}

/** A credential's id; null: none. */
export function credential(of: FieldOf<'credential'>) {
  return id
    .nullable()
    .default(null)
    .register(fields, { describe: (name) => ({ ...of, kind: 'credential', name, required: false }) })
}

export const tlsValues = z.strictObject({
  caFile: file.nullable().default(null),
  pin: z
    .string()
    .regex(/^sha256\/[A-Za-z0-9+/]{43}=$/, 'A pin is sha256/ and 44 characters of base64.')
    .nullable()
    .default(null),
  serverName: z.string().min(1).max(253).nullable().default(null),
  clientCertFile: file.nullable().default(null),
  clientKeyFile: file.nullable().default(null),
  /** Of a credential of the kind `password`. */
  clientKeyCredential: id.nullable().default(null),
  unverifiedBecause: z.string().trim().min(1).max(500).nullable().default(null),
})
export type TlsValues = z.infer<typeof tlsValues>

export function tls(of: FieldOf<'tls'>) {
  return tlsValues
    .prefault({})
    .register(fields, { describe: (name) => ({ ...of, kind: 'tls', name, required: false }) })
}

export const mostHostKeys = 64
/** Keys of hosts that the operator has compared; `host` as it is logged in to. */
export const hostKeys = z
  .array(z.strictObject({ host: z.string().min(1).max(1024), fingerprint }))
  .max(mostHostKeys)
export type HostKeys = z.infer<typeof hostKeys>

export const sshValues = z.strictObject({
  keyFiles: z.array(file).max(8).default([]),
  keyCredential: id.nullable().default(null),
  sudoCredential: id.nullable().default(null),
  /** Keys that the operator has compared, beside those of `known_hosts`. */
  hostKeys: hostKeys.default([]),
})
export type SshValues = z.infer<typeof sshValues>

/** One value of a saved connection on its way out: closed, so that nothing else can leave with it. */
export const connectionValue = z.object({
  name: z.string(),
  value: z.union([
    z.string(),
    z.boolean(),
    z.null(),
    z.array(z.string()),
    // Strict: of two shapes that drop what they do not know, the first one would take every value.
    tlsValues,
    sshValues,
  ]),
})
export type ConnectionValue = z.infer<typeof connectionValue>

/** As a form holds them. */
export function valuesByName(values: readonly ConnectionValue[]): ConnectionValues {
  return Object.fromEntries(values.map(({ name, value }) => [name, value]))
}

export function ssh(of: FieldOf<'ssh'>) {
  return sshValues
    .prefault({})
    .register(fields, { describe: (name) => ({ ...of, kind: 'ssh', name, required: false }) })
}

/** What a form asks for, in the order of the schema. Throws where an entry was not made by one of the functions here. */
export function describeFields(schema: z.ZodObject): ConnectionField[] {
  return Object.entries(schema.shape).map(([name, entry]) => {
    const known = entry instanceof z.ZodType ? fields.get(entry) : undefined
    if (known === undefined) throw new Error(`${name} is no field that a form can ask for`)
    return known.describe(name)
  })
}
