import { formatAddress, parseAddress, type RepositoryAddress } from '../../shared/domain/address.ts'
import type { SystemName } from '../../shared/domain/system-name.ts'
import type { Access } from '../../shared/contract/repositories.ts'
import {
  addressFor,
  withRepository,
  type HeldRequest,
  type OpenRepository,
  type RepositoryPorts,
} from '../operations/open-repository.ts'
import { secretsElsewhere } from '../operations/secrets-elsewhere.ts'
import type { SavedCluster, SavedRepository } from '../ports/desk-state.ts'
import type { MasterKey } from '../ports/master-key.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { RepositoryAccess } from '../ports/repository-access.ts'
import type { SecretUse, Secrets } from '../ports/secrets.ts'
import { backupSystemOf } from '../systems/registry.ts'
import type { DeskPorts } from './ports.ts'
import { savedRepository } from './saved.ts'

/** An address as it is saved: the same place of the same system has one text, by which it is remembered. */
export async function canonicalAddress(system: SystemName, text: string): Promise<string> {
  return formatAddress(addressFor(await backupSystemOf(system), parseAddress(text)))
}

/** What the secrets of a place are taken from. */
export type PlaceSecrets = Pick<Secrets, 's3' | 'noteElsewhere'>

/** How a saved repository is opened, with its secret taken from the vault for this use; one that lies elsewhere is noted. */
export async function accessFor(
  { address, access }: { readonly address: RepositoryAddress; readonly access: Access },
  use: SecretUse,
  secrets: PlaceSecrets,
): Promise<RepositoryAccess> {
  for (const secret of secretsElsewhere(address, access)) await secrets.noteElsewhere(secret, use)
  const { credential, ...rest } = access
  switch (credential.source) {
    case 'vault':
      return { ...rest, credential: { source: 'given', pair: await secrets.s3(credential.id, use) } }
    case 'environment':
    case 'profile':
    case 'none':
      return { ...rest, credential }
  }
}

/** Runs `work` with master keys from the vault, and forgets them. */
export async function withMasterKeys<T>(
  ids: readonly string[],
  use: SecretUse,
  secrets: Secrets,
  work: (keys: readonly MasterKey[]) => Promise<T>,
): Promise<T> {
  const opened = await openMasterKeys(ids, use, secrets)
  try {
    return await work(opened.keys)
  } finally {
    opened.close()
  }
}

async function openMasterKeys(
  ids: readonly string[],
  use: SecretUse,
  secrets: Secrets,
): Promise<{ readonly keys: readonly MasterKey[]; readonly close: () => void }> {
  const keys: (MasterKey & { close(): void })[] = []
  const close = (): void => {
    for (const key of keys) key.close()
  }
  try {
    for (const id of ids) keys.push(await secrets.masterKey(id, use))
    return { keys, close }
  } catch (error) {
    close()
    throw error
  }
}

/** What a saved cluster's repository is opened with; its secrets are taken from the vault for this one purpose. */
export async function openClusterRequest(
  cluster: SavedCluster,
  purpose: string,
  { state, secrets }: Pick<DeskPorts, 'state' | 'secrets'>,
  { maxRatio = null, keys = true }: { readonly maxRatio?: number | null; readonly keys?: boolean } = {},
): Promise<HeldRequest> {
  const system = await backupSystemOf(cluster.system, { maxRatio })
  const saved = savedRepository(cluster.repositoryId, state)
  const use: SecretUse = { subject: cluster.name, purpose }
  const { keys: masterKeys, close } = await openMasterKeys(keys ? cluster.masterKeys : [], use, secrets)
  try {
    const settings = state.settings.get()
    const address = parseAddress(saved.address)
    const access = await accessFor({ address, access: saved.access }, use, secrets)
    return {
      system,
      address,
      access: { ...access, maxBytesPerSecond: access.maxBytesPerSecond ?? settings.maxBytesPerSecond },
      masterKeys,
      workers: settings.workers,
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

type ClusterPorts = Pick<DeskPorts, 'state' | 'secrets' | 'log'> & RepositoryPorts

/** Opens a saved cluster's repository for one purpose, draws its inventory, runs `work`, and closes everything. */
export async function withClusterRepository<T>(
  cluster: SavedCluster,
  purpose: string,
  ports: ClusterPorts,
  { signal, note }: { readonly signal?: AbortSignal; readonly note?: (text: string) => void },
  work: (opened: OpenRepository) => Promise<T>,
): Promise<T> {
  const request = await openClusterRequest(cluster, purpose, ports)
  try {
    return await withRepository(
      request,
      ports,
      { signal, note: note ?? ((text) => ports.log.info('repository.note', { cluster: cluster.id, text })) },
      work,
    )
  } finally {
    request.close()
  }
}

/** A saved repository as it stands, whatever lies in it. The caller closes it. */
export async function openSavedStore(
  saved: SavedRepository,
  purpose: string,
  { secrets, openStore }: Pick<ClusterPorts, 'secrets' | 'openStore'>,
  mode: 'read' | 'write',
): Promise<ObjectStore> {
  const { address, access } = await openPlace(saved, purpose, secrets)
  return openStore(address, access, mode)
}

/** Where a saved repository is, and how it is opened for this one purpose. */
export async function openPlace(
  saved: SavedRepository,
  purpose: string,
  secrets: PlaceSecrets,
): Promise<SavedPlace> {
  const system = await backupSystemOf(saved.system)
  const address = addressFor(system, parseAddress(saved.address))
  const access = await accessFor({ address, access: saved.access }, { subject: saved.name, purpose }, secrets)
  return { system: saved.system, address, access }
}

export interface SavedPlace {
  readonly system: SystemName
  readonly address: RepositoryAddress
  readonly access: RepositoryAccess
}

/** Opens a saved repository as it stands, runs `work`, and closes it. */
export async function withStore<T>(
  saved: SavedRepository,
  purpose: string,
  { secrets, openStore }: Pick<ClusterPorts, 'secrets' | 'openStore'>,
  mode: 'read' | 'write',
  work: (store: ObjectStore) => Promise<T>,
): Promise<T> {
  const store = await openSavedStore(saved, purpose, { secrets, openStore }, mode)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
