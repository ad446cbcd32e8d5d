import type { AuditEvent } from '../ports/audit-log.ts'
import type { SavedCredential } from '../ports/desk-state.ts'
import type { SecretElsewhere, SecretUse } from '../ports/secrets.ts'

export interface UsedSecret {
  /** Null for one that is not kept here: its label tells where it lies. */
  readonly id: string | null
  readonly label: string
  readonly kind: SavedCredential['kind'] | SecretElsewhere['kind']
}

/** The use of a secret as an entry of the chain. */
export function useEvent({ id, label, kind }: UsedSecret, { subject, purpose }: SecretUse): AuditEvent {
  return {
    action: 'secret.used',
    subject: label,
    facts: [
      ...(id === null ? [] : [{ name: 'credential', value: id }]),
      { name: 'kind', value: kind },
      { name: 'for', value: subject },
      { name: 'purpose', value: purpose },
    ],
  }
}
