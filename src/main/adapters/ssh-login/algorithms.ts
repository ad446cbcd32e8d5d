/**
 * What is spoken: nothing over SHA-1, no CBC, and no chacha20-poly1305, which is what an attacker on the line can use to cut
 * messages off the start of a connection where the server knows no strict key exchange (Terrapin, CVE-2023-48795). ssh2
 * offers strict key exchange besides (since 1.15), and keeps to it where the server does.
 */
const kex = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
] as const
const cipher = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
] as const
const hmac = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
] as const
const serverHostKey = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const

/** Types of keys that are known for the host come first, so that another type means another key. */
export function algorithmsFor(knownTypes: readonly string[]) {
  const known = new Set(knownTypes)
  const isKnown = (algorithm: string): boolean =>
    known.has(algorithm) || (algorithm.startsWith('rsa-sha2-') && known.has('ssh-rsa'))
  return {
    kex: [...kex],
    cipher: [...cipher],
    hmac: [...hmac],
    serverHostKey: [
      ...serverHostKey.filter((algorithm) => isKnown(algorithm)),
      ...serverHostKey.filter((algorithm) => !isKnown(algorithm)),
    ],
  }
}

/** Why there is no common algorithm, by what ssh2 calls the kind of it ("no matching …"), and what to do. */
export function weakness(kind: string): { readonly why: string; readonly next: string } {
  const [, why, next] =
    [
      [
        /key exchange/i,
        'It offers only key exchanges over SHA-1, or ones that are not known here.',
        'Allow curve25519-sha256 in its KexAlgorithms.',
      ] as const,
      [
        /host key/i,
        'It shows only host keys whose signatures use SHA-1 (ssh-rsa, ssh-dss), or that are not known here.',
        'Give it an Ed25519 host key.',
      ] as const,
      [
        /cipher/i,
        'It offers only ciphers that are broken or weak: CBC, RC4, or chacha20-poly1305, which is open to Terrapin (CVE-2023-48795).',
        'Allow aes256-gcm@openssh.com in its Ciphers.',
      ] as const,
      [
        /mac/i,
        'It offers only checksums over MD5 or SHA-1.',
        'Allow hmac-sha2-256-etm@openssh.com in its MACs.',
      ] as const,
    ].find(([expression]) => expression.test(kind)) ?? []
  return {
    why: why ?? 'The two sides have no algorithm in common.',
    next: next ?? 'Update the SSH server.',
  }
}
