/** A master key that was given. Its bytes leave it into a derivation, or to the cluster that it belongs to; it prints as its label. */
export interface MasterKey {
  /** Where it came from, for messages: an option's file name or an environment variable; never the key. */
  readonly label: string
  /** The key-encryption key of an envelope: PBKDF2-HMAC-SHA256, 32 bytes. */
  deriveKek(salt: Uint8Array, iterations: number): Promise<Uint8Array>
  /** SHA-256 over a label and the key, for formats that record one (chango/2). Anyone can test guesses against it. */
  sha256After(label: string): string
  /** What may be remembered of the key: keyed by a secret of this installation, so useless elsewhere. */
  fingerprint(installationSecret: Uint8Array): string
  /** The key as typed, for the environment of the one command on a cluster's host that needs it (`secretEnvironment`); nowhere else. Throws `key.wrong` where it is no text. */
  reveal(): string
}
