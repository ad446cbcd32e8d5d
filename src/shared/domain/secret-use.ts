export interface UsedSecret {
  /** Null for one that is not kept here: its label tells where it lies. */
  readonly id: string | null
  readonly label: string
  /** `s3`, `masterKey`, `sshKey`, … */
  readonly kind: string
}

/** The use of a secret as an entry of the audit chain. */
export function secretUseEntry(
  { id, label, kind }: UsedSecret,
  { subject, purpose }: { readonly subject: string; readonly purpose: string },
) {
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
