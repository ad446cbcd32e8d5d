/** Whom a TLS connection believes. There is no way to believe anybody without saying why. */
export interface TlsTrust {
  /** File with the PEM certificates of a private authority, which then replaces the system's; null: the system's. */
  readonly caFile: string | null
  /**
   * `sha256/` and the base64 of the SHA-256 of the server's public key (SubjectPublicKeyInfo, as RFC 7469 pins it). With a
   * pin the key decides alone: the name and the issuer of the certificate are not looked at, its dates are.
   */
  readonly pin: string | null
  /** The name that the certificate has to carry, and that is asked for (SNI), where it is not the host's. */
  readonly serverName: string | null
  readonly clientCertificate: {
    readonly certFile: string
    readonly keyFile: string
    readonly passphrase: string | null
  } | null
  /** The operator's reason for believing any certificate; null: certificates are verified. */
  readonly unverifiedBecause: string | null
}
