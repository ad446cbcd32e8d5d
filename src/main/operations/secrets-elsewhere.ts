import type { RepositoryAddress } from '../../shared/domain/address.ts'
import type { Access } from '../../shared/contract/repositories.ts'
import type { RepositoryAccess } from '../ports/repository-access.ts'
import type { SecretElsewhere } from '../ports/secrets.ts'

type Reached = Pick<RepositoryAccess | Access, 'credential' | 'sshKeyFiles'>

/** What opens a place and is not kept here: keys of the AWS environment or of a profile, or what SSH logs in with. */
export function secretsElsewhere(
  { kind }: Pick<RepositoryAddress, 'kind'>,
  { credential, sshKeyFiles }: Reached,
): readonly SecretElsewhere[] {
  if (kind === 'sftp') return [sshKeys(sshKeyFiles)]
  if (kind === 'file') return []
  if (credential.source === 'environment') return [{ kind: 's3', place: 'AWS environment' }]
  return credential.source === 'profile' ? [{ kind: 's3', place: `AWS profile ${credential.profile}` }] : []
}

/** Which of them the host takes is between it and the agent; what they are offered from is known. */
export function sshKeys(keyFiles: readonly string[]): SecretElsewhere {
  return {
    kind: 'sshKey',
    place: keyFiles.length === 0 ? 'SSH agent and the keys of ~/.ssh' : `SSH key ${keyFiles.join(', ')}`,
  }
}
