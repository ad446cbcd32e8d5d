import type { RepositoryAddress } from '../../shared/domain/address.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { S3Credentials } from '../adapters/s3/credentials.ts'
import type { S3Options } from '../adapters/s3/open-s3-store.ts'
import { readOnly } from '../adapters/decorators/read-only.ts'
import { throttled } from '../adapters/decorators/throttled.ts'
import { withRetry } from '../adapters/decorators/with-retry.ts'
import { systemClock } from '../adapters/system/clock.ts'
import { systemRandom } from '../adapters/system/random.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { RepositoryAccess, StoreCredential } from '../ports/repository-access.ts'
import { sshLogin } from './ssh-login.ts'

/** Opens a repository with the retries and the limit that the command line promises. */
export async function openStore(
  address: RepositoryAddress,
  access: RepositoryAccess,
  mode: 'read' | 'write',
): Promise<ObjectStore> {
  const bare = await openBare(address, access)
  const store = mode === 'read' ? readOnly(bare) : bare
  const retried = withRetry(store, { attempts: 3, clock: systemClock, random: systemRandom })
  return access.maxBytesPerSecond === null
    ? retried
    : throttled(retried, { bytesPerSecond: access.maxBytesPerSecond, clock: systemClock })
}

async function openBare(address: RepositoryAddress, access: RepositoryAccess): Promise<ObjectStore> {
  switch (address.kind) {
    case 'file':
      return (await import('../adapters/folder/folder-store.ts')).openFolderStore(address.folder)
    case 's3':
      return (await import('../adapters/s3/open-s3-store.ts')).openS3Store(
        withRegion(address),
        s3Options(access),
      )
    case 'sftp': {
      const { openSftpStore } = await import('../adapters/sftp/sftp-store.ts')
      return openSftpStore(address, await sshLogin(access.hostKey, access.sshKeyFiles))
    }
  }
}

type S3Address = Extract<RepositoryAddress, { kind: 's3' }>

/** The region that the address leaves to the environment. */
export function withRegion(address: S3Address): S3Address {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env
  return { ...address, region: address.region ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? null }
}

export function s3Options(access: RepositoryAccess): S3Options {
  return {
    credentials: s3Credentials(access.credential),
    allowInsecureHttp: access.allowHttp,
    ...(access.caFile !== null && { caFile: access.caFile }),
    clock: systemClock,
  }
}

function s3Credentials(credential: StoreCredential): S3Credentials {
  switch (credential.source) {
    case 'environment':
      return { source: 'environment', environment: process.env }
    case 'profile':
      return { ...credential, environment: process.env }
    case 'given': {
      const { accessKeyId, secretAccessKey, sessionToken } = credential.pair
      return {
        source: 'keys',
        keys: { accessKeyId, secretAccessKey, ...(sessionToken !== null && { sessionToken }) },
      }
    }
    case 'none':
      throw new HoldfastError('repository.noCredentials', {
        what: 'A bucket is not opened without credentials.',
        next: 'Choose the credential that may read it.',
      })
  }
}
