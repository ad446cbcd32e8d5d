import { noAccess, type Access } from '../../../shared/contract/repositories.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { bytesPerSecond } from '../rate.ts'
import { findCredential, type Client } from '../with-desk.ts'

/** What gives the keys of a bucket; false: `--no-credential`. */
export interface KeyFlags {
  readonly credential?: string | false
  readonly profile?: string
}

/** How a repository that is saved is reached; false: the option that takes it away. */
export interface AccessFlags extends KeyFlags {
  readonly caFile?: string | false
  readonly allowHttp?: boolean
  readonly sshKey: readonly string[] | false
  readonly hostKey?: string | false
  readonly maxRate?: string | false
}

export async function newAccess(address: string, flags: AccessFlags, client: Client): Promise<Access> {
  return changedAccess({ ...noAccess, credential: usualCredential(address) }, address, flags, client)
}

/** What no option names stays as it is. */
export async function changedAccess(
  now: Access,
  address: string,
  flags: AccessFlags,
  client: Client,
): Promise<Access> {
  const { caFile, allowHttp, sshKey, hostKey, maxRate } = flags
  const suits = address.startsWith('s3:') === (now.credential.source !== 'none')
  return {
    credential:
      (await credentialOf(address, flags, client)) ?? (suits ? now.credential : usualCredential(address)),
    caFile: caFile === undefined ? now.caFile : caFile || null,
    allowHttp: allowHttp ?? now.allowHttp,
    sshKeyFiles: sshKey !== false && sshKey.length === 0 ? now.sshKeyFiles : [...(sshKey || [])],
    hostKey: hostKey === undefined ? now.hostKey : hostKey || null,
    maxBytesPerSecond:
      maxRate === undefined ? now.maxBytesPerSecond : maxRate === false ? null : bytesPerSecond(maxRate),
  }
}

/** Null: no option names one. */
export async function credentialOf(
  address: string,
  { credential, profile }: KeyFlags,
  client: Client,
): Promise<Access['credential'] | null> {
  if (typeof credential === 'string' && profile !== undefined) {
    throw new HoldfastError('usage', {
      what: 'Both a credential and a profile are given.',
      unchanged: 'Nothing was changed.',
      next: 'Give one of them.',
    })
  }
  if (typeof credential === 'string') {
    return { source: 'vault', id: (await findCredential(credential, 's3', client)).id }
  }
  if (profile !== undefined) return { source: 'profile', profile }
  return credential === false ? usualCredential(address) : null
}

function usualCredential(address: string): Access['credential'] {
  return { source: address.startsWith('s3:') ? 'environment' : 'none' }
}
