import type { TrustedHost } from '../../../../shared/contract/clusters.ts'

/** What is reached over SSH there. */
export const hostTypes: Readonly<Record<TrustedHost['of'], string>> = {
  cluster: 'SSH host',
  repository: 'SFTP server',
}
