import type { ConnectionField, ConnectionValues } from '../../../../shared/contract/connection-fields.ts'
import { draftOf, type DraftValue, type TlsDraft } from './connection-draft.ts'

export interface ConnectionFact {
  readonly name: string
  readonly label: string
  readonly of:
    | { readonly kind: 'text'; readonly text: string; readonly isBad?: boolean }
    /** Addresses, files, fingerprints: a line each. */
    | { readonly kind: 'lines'; readonly lines: readonly string[] }
    | { readonly kind: 'credential'; readonly id: string }
}

/** A saved connection in words, without what was left as it usually is. */
export function connectionFacts(
  fields: readonly ConnectionField[],
  values: ConnectionValues,
): readonly ConnectionFact[] {
  const draft = draftOf(fields, values)
  return fields.flatMap((field) => {
    const value = draft[field.name]
    return value === undefined ? [] : factsOf(field, value)
  })
}

function factsOf(field: ConnectionField, value: DraftValue): readonly ConnectionFact[] {
  const { name, label } = field
  switch (value.kind) {
    case 'lines':
      return linesFact(name, label, value.lines)
    case 'text': {
      const text =
        field.kind === 'choice'
          ? (field.choices.find((choice) => choice.value === value.text)?.label ?? value.text)
          : value.text
      return text === '' ? [] : [{ name, label, of: { kind: 'text', text } }]
    }
    case 'switch':
      return value.isOn ? [{ name, label, of: { kind: 'text', text: `Yes. ${field.help}` } }] : []
    case 'credential':
      return [
        value.id === null
          ? { name, label, of: { kind: 'text', text: 'None' } }
          : { name, label, of: { kind: 'credential', id: value.id } },
      ]
    case 'tls':
      return tlsFacts(name, value.tls)
    case 'ssh': {
      const { keyFiles, keyCredential, sudoCredential, hostKeys } = value.ssh
      return [
        ...(keyFiles.length === 0
          ? [
              {
                name: `${name} keys`,
                label: 'SSH keys',
                of: { kind: 'text', text: 'The agent and your SSH settings' },
              } as const,
            ]
          : linesFact(`${name} keys`, 'SSH keys', keyFiles)),
        ...credentialFact(`${name} passphrase`, 'Passphrase of the key', keyCredential),
        ...credentialFact(`${name} sudo`, 'Password for sudo', sudoCredential),
        ...linesFact(
          `${name} hosts`,
          'Accepted host keys',
          hostKeys.map(({ host, fingerprint }) => `${host} ${fingerprint}`),
        ),
      ]
    }
  }
}

function tlsFacts(name: string, tls: TlsDraft): readonly ConnectionFact[] {
  return [
    ...linesFact(`${name} ca`, 'Own CA', tls.caFile === '' ? [] : [tls.caFile]),
    ...linesFact(`${name} pin`, 'Pinned key', tls.pin === '' ? [] : [tls.pin]),
    ...linesFact(`${name} server`, 'Name in the certificate', tls.serverName === '' ? [] : [tls.serverName]),
    ...linesFact(
      `${name} client`,
      'Client certificate',
      tls.clientCertFile === '' ? [] : [tls.clientCertFile, tls.clientKeyFile],
    ),
    ...credentialFact(`${name} password`, 'Password of its key', tls.clientKeyCredential),
    ...(tls.isUnverified
      ? [
          {
            name: `${name} unverified`,
            label: 'Certificates',
            of: {
              kind: 'text',
              text: `Any is believed: whoever is on the way can pose as a master. Because: ${tls.unverifiedBecause}`,
              isBad: true,
            },
          } as const,
        ]
      : []),
  ]
}

function linesFact(name: string, label: string, lines: readonly string[]): readonly ConnectionFact[] {
  return lines.length === 0 ? [] : [{ name, label, of: { kind: 'lines', lines } }]
}

function credentialFact(name: string, label: string, id: string | null): readonly ConnectionFact[] {
  return id === null ? [] : [{ name, label, of: { kind: 'credential', id } }]
}
