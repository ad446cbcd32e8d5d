import { parseAddress } from '../../shared/domain/address.ts'
import { sshValues, type SshValues } from '../../shared/contract/connection-fields.ts'
import { parseTarget } from '../../shared/domain/target-address.ts'
import { openTargetAt } from '../operations/open-target.ts'
import { sshKeys } from '../operations/secrets-elsewhere.ts'
import type { SavedCluster } from '../ports/desk-state.ts'
import type { HostConnection } from '../ports/remote-host.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import { acceptedKey, hostKeysOf } from './host-keys.ts'
import type { DeskPorts } from './ports.ts'
import { savedRepository } from './saved.ts'

/** What the desk opens targets with. */
export type SavedTargetPorts = Pick<
  DeskPorts,
  'state' | 'secrets' | 'openTarget' | 'openRemoteTarget' | 'openHost'
>

/**
 * A target of a cluster, kept apart from a repository that lies on this machine. A host is logged in to as the cluster's
 * masters are, where it says how; else as `ssh` would. Without a cluster (it was removed since): as `ssh` would.
 */
export async function openSavedTarget(
  targetDir: string,
  cluster: SavedCluster | null,
  ports: SavedTargetPorts,
  signal?: AbortSignal,
): Promise<RestoreTarget> {
  const target = parseTarget(targetDir)
  const address =
    cluster === null ? null : parseAddress(savedRepository(cluster.repositoryId, ports.state).address)
  return openTargetAt(
    target,
    {
      repositoryFolder: address?.kind === 'file' ? address.folder : null,
      login: async () => loginOf(target.kind === 'ssh' ? target.login : '', cluster, ports),
      signal,
    },
    ports,
  )
}

async function loginOf(
  login: string,
  cluster: SavedCluster | null,
  { secrets }: SavedTargetPorts,
): Promise<Omit<HostConnection, 'address'>> {
  const ssh = cluster === null ? null : sshOf(cluster)
  const use = { subject: cluster?.name ?? login, purpose: 'restore' }
  const passwordOf = async (id: string | null | undefined): Promise<string | null> =>
    id === null || id === undefined ? null : secrets.password(id, use)
  await secrets.noteElsewhere(sshKeys(ssh?.keyFiles ?? []), use)
  return {
    keyFiles: ssh?.keyFiles ?? [],
    keyPassphrase: await passwordOf(ssh?.keyCredential),
    acceptedHostKey: cluster === null ? null : acceptedKey(login, hostKeysOf(cluster)),
    sudoPassword: await passwordOf(ssh?.sudoCredential),
  }
}

/** How the cluster's hosts are logged in to; null where its connection says nothing of that. */
function sshOf({ connection }: SavedCluster): SshValues | null {
  for (const value of Object.values(connection ?? {})) {
    const ssh = sshValues.safeParse(value)
    if (ssh.success) return ssh.data
  }
  return null
}
