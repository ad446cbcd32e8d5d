import { mostHostKeys, sshValues, type HostKeys } from '../../shared/contract/connection-fields.ts'
import { HoldfastError, type UnknownHost } from '../../shared/domain/error.ts'
import type { SystemName } from '../../shared/domain/system-name.ts'
import type { SavedCluster } from '../ports/desk-state.ts'
import { checkReason } from './confirm.ts'
import type { Desk } from './desk.ts'
import { acceptedKey, hostKeysOf } from './host-keys.ts'
import { changeCluster } from './saved.ts'
import { driverOf } from '../systems/drivers.ts'

/**
 * Trusts the key that a host has shown, once the operator has compared it: in the connection of the cluster where there is one.
 * A host that is known by another key keeps that one (`host.changedKey`): nobody accepts a changed key in passing.
 */
export async function trustHost(
  cluster: SavedCluster,
  { address, fingerprint }: UnknownHost,
  reason: string | null,
  { state, audit, healths, publish }: Pick<Desk, 'state' | 'audit' | 'healths' | 'publish'>,
): Promise<void> {
  checkReason(cluster, reason)
  if (isTrusted(cluster, { address, fingerprint })) return
  await audit.append({
    action: 'host.trusted',
    subject: cluster.name,
    facts: [
      { name: 'host', value: address },
      { name: 'fingerprint', value: fingerprint },
    ],
    reason,
  })
  const key = { host: address, fingerprint }
  const inConnection = await keysInConnection(cluster.system)
  await changeCluster(
    cluster.id,
    (now) =>
      isTrusted(now, { address, fingerprint })
        ? now
        : inConnection({ ...now, hostKeys: [...now.hostKeys, key] }),
    state,
  )
  healths.forget(cluster.id)
  publish({ topic: 'fleet' })
}

/** Takes back what was trusted of a host, wherever it is kept; one that has no key is forgotten already. */
export async function forgetHost(
  cluster: SavedCluster,
  address: string,
  reason: string | null,
  { state, audit, healths, publish }: Pick<Desk, 'state' | 'audit' | 'healths' | 'publish'>,
): Promise<void> {
  checkReason(cluster, reason)
  const known = hostKeysOf(cluster).filter(({ host }) => host === address)
  if (known.length === 0) return
  await audit.append({
    action: 'host.forgotten',
    subject: cluster.name,
    facts: [
      { name: 'host', value: address },
      ...known.map(({ fingerprint }) => ({ name: 'fingerprint', value: fingerprint })),
    ],
    reason,
  })
  await changeCluster(cluster.id, (now) => withoutKeys(now, known), state)
  healths.forget(cluster.id)
  publish({ topic: 'fleet' })
}

/** A key that was trusted meanwhile stays. */
function withoutKeys(cluster: SavedCluster, forgotten: HostKeys): SavedCluster {
  const left = (keys: HostKeys): HostKeys =>
    keys.filter(
      ({ host, fingerprint }) =>
        !forgotten.some((key) => key.host === host && key.fingerprint === fingerprint),
    )
  const connection =
    cluster.connection === null
      ? null
      : Object.fromEntries(
          Object.entries(cluster.connection).map(([name, value]) => {
            const ssh = sshValues.safeParse(value).data
            const hostKeys = left(ssh?.hostKeys ?? [])
            // What has lost none stays as it was written: an empty part of a connection reads like one for SSH.
            return [name, hostKeys.length === (ssh?.hostKeys.length ?? 0) ? value : { ...ssh, hostKeys }]
          }),
        )
  return { ...cluster, hostKeys: left(cluster.hostKeys), connection }
}

/** Keys that came without a connection stand in it from when there is one: where they are seen and removed. */
export async function keysInConnection(system: SystemName): Promise<(cluster: SavedCluster) => SavedCluster> {
  const { fields } = await driverOf(system)
  const name = fields.find(({ kind }) => kind === 'ssh')?.name
  return (cluster) => {
    const { connection, hostKeys } = cluster
    if (name === undefined || connection === null || hostKeys.length === 0) return cluster
    const ssh = sshValues.safeParse(connection[name] ?? {}).data
    if (ssh === undefined) return cluster
    const added = hostKeys.filter(({ host }) => acceptedKey(host, ssh.hostKeys) === null)
    const keys = [...ssh.hostKeys, ...added]
    return { ...cluster, hostKeys: [], connection: { ...connection, [name]: { ...ssh, hostKeys: keys } } }
  }
}

/** Throws `host.changedKey` where another key of it is, and `usage` where no more can be. */
function isTrusted(cluster: SavedCluster, { address, fingerprint }: UnknownHost): boolean {
  const known = acceptedKey(address, hostKeysOf(cluster))
  if (known !== null && known !== fingerprint) throw isKnownByAnother(address, known, fingerprint)
  if (known === null && hostKeysOf(cluster).length >= mostHostKeys) {
    throw new HoldfastError('usage', {
      what: `${cluster.name} has ${mostHostKeys} keys of hosts already, and can have no more.`,
      unchanged: 'Nothing was changed.',
      next: 'Write the keys of its hosts into ~/.ssh/known_hosts, or take back those of hosts that are gone.',
    })
  }
  return known !== null
}

function isKnownByAnother(address: string, known: string, shown: string): HoldfastError {
  return new HoldfastError('host.changedKey', {
    what: `The host ${address} is known by ${known}, not by ${shown}.`,
    why: 'It was installed anew, or something answers in its place.',
    unchanged: 'Nothing was changed.',
    next: 'Ask its operator. If it was installed anew, remove the old key from the connection of the cluster first.',
  })
}
