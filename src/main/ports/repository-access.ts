import type { RepositoryAddress } from '../../shared/domain/address.ts'
import type { ObjectStore } from './object-store.ts'
import type { S3KeyPair } from './secrets.ts'

/** Whose keys open a bucket. A folder needs none; SFTP has its own. */
export type StoreCredential =
  /** The AWS environment variables, and what they name. */
  | { readonly source: 'environment' }
  /** A profile of the shared AWS files. */
  | { readonly source: 'profile'; readonly profile: string }
  | { readonly source: 'given'; readonly pair: S3KeyPair }
  | { readonly source: 'none' }

/** How a repository is reached, beside its address. */
export interface RepositoryAccess {
  readonly credential: StoreCredential
  /** File with the PEM certificates of a private authority. */
  readonly caFile: string | null
  readonly allowHttp: boolean
  readonly sshKeyFiles: readonly string[]
  /** `SHA256:…` of a host key that the operator has compared. */
  readonly hostKey: string | null
  /** Null: as fast as it goes. */
  readonly maxBytesPerSecond: number | null
}

/** `read`: every write is refused, whatever asks for it. */
export type OpenStore = (
  address: RepositoryAddress,
  access: RepositoryAccess,
  mode: 'read' | 'write',
) => Promise<ObjectStore>
