/** The header of a `KBE1` envelope as stored; binary fields stay in base64, as they are authenticated. */
export interface EnvelopeHeader {
  /** Plain bytes in every segment but the last. */
  readonly segmentBytes: number
  readonly keyId: string
  readonly keyVersion: number
  readonly kdf: { readonly iterations: number; readonly salt: string }
  readonly wrap: { readonly iv: string; readonly ct: string }
  readonly noncePrefix: string
  readonly store: string
  readonly backupId: string
  readonly plainSizeBytes: number
}
