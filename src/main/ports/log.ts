/** The log of this installation: for whoever looks for the reason of an incident. Never a secret, whatever it is given. */
export interface Log {
  info(event: string, facts?: Readonly<Record<string, string | number | boolean | null>>): void
  /** Returns the incident's id, which is shown to the operator: the log can be searched for it. */
  incident(event: string, error: unknown): string
  /** From now on this text is blotted out wherever it would appear, plain, as base64, as hex and as part of a URL. */
  neverWrite(secret: Uint8Array | string): void
}
