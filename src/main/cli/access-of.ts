import type { RepositoryAccess } from '../ports/repository-access.ts'
import type { RepositoryOptions } from './options.ts'
import { bytesPerSecond } from './rate.ts'

/** How a repository is reached that the options of a command name by its address. */
export function accessOf(options: Omit<RepositoryOptions, 'repository' | 'system'>): RepositoryAccess {
  return {
    credential:
      options.profile === undefined
        ? { source: 'environment' }
        : { source: 'profile', profile: options.profile },
    caFile: options.caFile ?? null,
    allowHttp: options.allowHttp ?? false,
    sshKeyFiles: options.sshKey,
    hostKey: options.hostKey ?? null,
    maxBytesPerSecond: options.maxRate === undefined ? null : bytesPerSecond(options.maxRate),
  }
}
