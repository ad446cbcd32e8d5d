import type { TargetAddress } from '../../shared/domain/target-address.ts'
import type { HostConnection, OpenHost } from '../ports/remote-host.ts'
import type { OpenRemoteTarget, OpenTarget, RestoreTarget } from '../ports/restore-target.ts'

export interface TargetPorts {
  readonly openTarget: OpenTarget
  readonly openRemoteTarget: OpenRemoteTarget
  readonly openHost: OpenHost
}

/** Opens the folder that an address names, on this machine or on a host, and looks whether it may be restored into. */
export async function openTargetAt(
  address: TargetAddress,
  {
    repositoryFolder,
    login,
    signal,
  }: {
    /** Where the backup is read from, if that is on this machine. */
    readonly repositoryFolder: string | null
    readonly login: () => Promise<Omit<HostConnection, 'address'>>
    readonly signal?: AbortSignal | undefined
  },
  { openTarget, openRemoteTarget, openHost }: TargetPorts,
): Promise<RestoreTarget> {
  if (address.kind === 'local') return openTarget(address.dir, repositoryFolder)
  const host = await openHost({ ...(await login()), address: address.login }, signal)
  return openRemoteTarget(address, host)
}
