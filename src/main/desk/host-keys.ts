import { sshValues, type HostKeys } from '../../shared/contract/connection-fields.ts'
import type { SavedCluster } from '../ports/desk-state.ts'

/** Keys of hosts that were compared and trusted for a cluster: those of its connection, and those that came without one. */
export function hostKeysOf({ connection, hostKeys }: SavedCluster): HostKeys {
  const saved = Object.values(connection ?? {}).flatMap((value) => sshValues.safeParse(value).data ?? [])
  return [...saved.flatMap((ssh) => ssh.hostKeys), ...hostKeys]
}

/** The fingerprint that was accepted for a host; null: none. A host has one key, whoever logs in. */
export function acceptedKey(address: string, known: HostKeys): string | null {
  return known.find(({ host }) => bareHost(host) === bareHost(address))?.fingerprint ?? null
}

function bareHost(address: string): string {
  return address
    .replace(/^ssh:\/\//, '')
    .replace(/^.*@/, '')
    .replace(/:22$/, '')
}
