import type { Credential, NewSecret, VaultStatus } from '../../shared/contract/vault.ts'
import type { MasterKey } from './master-key.ts'

export interface S3KeyPair {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | null
}

export interface Login {
  readonly user: string
  readonly password: string
}

/** What a secret is used for, for the audit chain. */
export interface SecretUse {
  /** The cluster or repository, by name. */
  readonly subject: string
  /** `look`, `verify`, `restore`, … */
  readonly purpose: string
}

/** A secret that is used and not kept here, by where it lies. */
export interface SecretElsewhere {
  readonly kind: 's3' | 'sshKey'
  /** `AWS profile backup`, `SSH key /home/op/.ssh/lab`. */
  readonly place: string
}

/**
 * The credentials of this installation: what the window may know of them, and, inside the process only, their use. Every
 * use is an audit entry (at most one an hour for the same credential, subject and purpose).
 */
export interface Secrets {
  status(): Promise<VaultStatus>
  choose(
    choice:
      { readonly backend: 'keychain' } | { readonly backend: 'sealedFile'; readonly passphrase: string },
  ): Promise<VaultStatus>
  unlock(passphrase: string | null): Promise<VaultStatus>
  lock(): Promise<VaultStatus>
  list(): Promise<readonly Credential[]>
  add(label: string, secret: NewSecret): Promise<Credential>
  replace(id: string, secret: NewSecret): Promise<Credential>
  rename(id: string, label: string): Promise<Credential>
  remove(id: string): Promise<void>
  s3(id: string, use: SecretUse): Promise<S3KeyPair>
  login(id: string, use: SecretUse): Promise<Login>
  token(id: string, use: SecretUse): Promise<string>
  password(id: string, use: SecretUse): Promise<string>
  /** A master key that prints as its label; `close` forgets it. */
  masterKey(id: string, use: SecretUse): Promise<MasterKey & { close(): void }>
  /** The use of a secret that lies elsewhere, as an entry like that of any other. Throws where it cannot be written. */
  noteElsewhere(secret: SecretElsewhere, use: SecretUse): Promise<void>
  close(): Promise<void>
}
