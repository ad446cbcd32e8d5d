import {
  sshValues,
  tlsValues,
  type ConnectionField,
  type ConnectionValues,
  type SshValues,
} from '../../../../shared/contract/connection-fields.ts'
import type { Check } from '../../../../shared/contract/values.ts'

/** What is typed of one field; what belongs to TLS is text as long as it is typed. */
export type DraftValue =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'switch'; readonly isOn: boolean }
  | { readonly kind: 'credential'; readonly id: string | null }
  | { readonly kind: 'tls'; readonly tls: TlsDraft }
  | { readonly kind: 'ssh'; readonly ssh: SshValues }

export interface TlsDraft {
  readonly caFile: string
  readonly pin: string
  readonly serverName: string
  readonly clientCertFile: string
  readonly clientKeyFile: string
  readonly clientKeyCredential: string | null
  /** Any certificate is believed, for a reason that has to be given. */
  readonly isUnverified: boolean
  readonly unverifiedBecause: string
}

export type Draft = Readonly<Record<string, DraftValue>>

/** The form as it begins: with the saved connection, or with what is usual. */
export function draftOf(fields: readonly ConnectionField[], values: ConnectionValues | null): Draft {
  return Object.fromEntries(fields.map((field) => [field.name, draftOfOne(field, values?.[field.name])]))
}

function draftOfOne(field: ConnectionField, value: unknown): DraftValue {
  switch (field.kind) {
    case 'origins':
    case 'hosts':
      return {
        kind: 'lines',
        lines: Array.isArray(value) ? value.filter((line) => typeof line === 'string') : [],
      }
    case 'text':
      return { kind: 'text', text: typeof value === 'string' ? value : field.usual }
    case 'choice':
      return { kind: 'text', text: typeof value === 'string' ? value : (field.choices[0]?.value ?? '') }
    case 'switch':
      return { kind: 'switch', isOn: value === true }
    case 'credential':
      return { kind: 'credential', id: typeof value === 'string' ? value : null }
    case 'tls': {
      const { data } = tlsValues.safeParse(value ?? {})
      return {
        kind: 'tls',
        tls: {
          caFile: data?.caFile ?? '',
          pin: data?.pin ?? '',
          serverName: data?.serverName ?? '',
          clientCertFile: data?.clientCertFile ?? '',
          clientKeyFile: data?.clientKeyFile ?? '',
          clientKeyCredential: data?.clientKeyCredential ?? null,
          isUnverified: (data?.unverifiedBecause ?? null) !== null,
          unverifiedBecause: data?.unverifiedBecause ?? '',
        },
      }
    }
    case 'ssh':
      return { kind: 'ssh', ssh: sshValues.safeParse(value ?? {}).data ?? sshValues.parse({}) }
  }
}

/** What is sent: without the blanks around what was typed, and without empty lines. */
export function valuesOf(draft: Draft): ConnectionValues {
  return Object.fromEntries(Object.entries(draft).map(([name, value]) => [name, valueOf(value)]))
}

function valueOf(value: DraftValue): ConnectionValues[string] {
  switch (value.kind) {
    case 'lines':
      return linesOf(value.lines)
    case 'text':
      return value.text.trim()
    case 'switch':
      return value.isOn
    case 'credential':
      return value.id
    case 'tls': {
      const { isUnverified, unverifiedBecause, clientKeyCredential, ...files } = value.tls
      const given = Object.entries(files).map(([name, text]) => [name, text.trim() || null] as const)
      return {
        ...Object.fromEntries(given),
        clientKeyCredential,
        unverifiedBecause: isUnverified ? unverifiedBecause.trim() || null : null,
      }
    }
    case 'ssh':
      return {
        ...value.ssh,
        keyFiles: linesOf(value.ssh.keyFiles),
        hostKeys: value.ssh.hostKeys.map((known) => ({ ...known })),
      }
  }
}

function linesOf(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== '')
}

/** What is still missing before it can be tested or kept, a sentence each; the rest is for the system's own schema to say. */
export function missingIn(fields: readonly ConnectionField[], draft: Draft): readonly string[] {
  return fields.flatMap((field) => {
    const value = draft[field.name]
    if (value?.kind === 'lines' && field.required && linesOf(value.lines).length === 0) {
      return [`${field.label}: at least one is needed.`]
    }
    return value?.kind === 'tls' ? missingInTls(value.tls) : []
  })
}

function missingInTls(tls: TlsDraft): readonly string[] {
  const hasCert = tls.clientCertFile.trim() !== ''
  const hasKey = tls.clientKeyFile.trim() !== ''
  return [
    ...(hasCert === hasKey
      ? []
      : [
          hasCert
            ? 'The client certificate lacks its key file.'
            : 'The client key lacks its certificate file.',
        ]),
    ...(tls.isUnverified && tls.unverifiedBecause.trim() === ''
      ? ['Why any certificate is believed has to be said.']
      : []),
  ]
}

/** The address, of those that are typed, whose host key a line of the test asks about; null: it cannot be told. */
export function askedHost(draft: Draft, { group }: Pick<Check, 'group'>): string | null {
  const hosts = Object.values(draft).flatMap((value) => (value.kind === 'lines' ? linesOf(value.lines) : []))
  const named =
    hosts.find((host) => host === group) ?? hosts.find((host) => bareHost(host) === bareHost(group))
  return named ?? (hosts.length === 1 ? (hosts[0] ?? null) : null)
}

/** `user@host:port` without user and port. */
function bareHost(host: string): string {
  return host.replace(/^.*@/, '').replace(/:\d+$/, '')
}

/** The draft with a host key that the operator has compared; one of the same host that was accepted before makes room. */
export function trusting(draft: Draft, host: string, fingerprint: string): Draft {
  return Object.fromEntries(
    Object.entries(draft).map(([name, value]) => {
      if (value.kind !== 'ssh') return [name, value]
      const others = value.ssh.hostKeys.filter((known) => known.host !== host)
      return [name, { kind: 'ssh', ssh: { ...value.ssh, hostKeys: [...others, { host, fingerprint }] } }]
    }),
  )
}
