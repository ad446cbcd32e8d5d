import { formatAddress, type RepositoryAddress } from '../../shared/domain/address.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import type { VerifiableLevel } from '../../shared/domain/level.ts'
import { createKeyRing, type KeyRing } from '../engine/envelope/key-ring.ts'
import { memoryOfThisRun } from '../engine/verify/no-memory.ts'
import { rememberedFacts } from '../engine/verify/remembered-facts.ts'
import type { VerifyRequest, VerifyTools } from '../engine/verify/verify-backups.ts'
import { savedAsLearnt } from './saved-as-learnt.ts'
import type { BackupSystem, Inventory } from '../ports/backup-system.ts'
import type { ByteWork } from '../ports/byte-work.ts'
import type { Catalog, RepositoryMemory } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { MasterKey } from '../ports/master-key.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { Random } from '../ports/random.ts'
import type { OpenStore, RepositoryAccess } from '../ports/repository-access.ts'

/** Which repository, of which system, with which keys. */
export interface RepositoryRequest {
  readonly system: BackupSystem
  readonly address: RepositoryAddress
  readonly access: RepositoryAccess
  readonly masterKeys: readonly MasterKey[]
  /** Null: as many as this machine has use for. */
  readonly workers: number | null
}

/** One whose keys are held for it alone: `close` forgets them. */
export interface HeldRequest extends RepositoryRequest {
  readonly close: () => void
}

export interface RepositoryPorts {
  readonly clock: Clock
  readonly random: Random
  readonly openStore: OpenStore
  readonly openCatalog: () => Promise<Catalog>
  readonly openByteWork: (workers: number | null) => Promise<ByteWork>
}

/** One run's view of one repository. */
export interface OpenRepository {
  /** Canonical text of the address. */
  readonly repository: string
  readonly address: RepositoryAddress
  readonly system: BackupSystem
  readonly store: ObjectStore
  readonly memory: RepositoryMemory
  readonly masterKeys: readonly MasterKey[]
  readonly keyFingerprints: readonly string[]
  readonly keyRing: KeyRing
  readonly inventory: Inventory
  /** Started at first use: a listing needs no workers. */
  byteWork(): Promise<ByteWork>
}

/** Opens everything, draws the inventory, runs `work`, remembers what was learnt, closes everything. */
export async function withRepository<T>(
  request: RepositoryRequest,
  ports: RepositoryPorts,
  { signal, note }: { readonly signal?: AbortSignal | undefined; readonly note: (text: string) => void },
  work: (opened: OpenRepository) => Promise<T>,
): Promise<T> {
  const { system, masterKeys, access } = request
  const address = addressFor(system, request.address)
  const repository = formatAddress(address)
  const store = await ports.openStore(address, access, 'read')
  let byteWork: Promise<ByteWork> | null = null
  let keyRing: KeyRing | null = null
  try {
    const { memory, secret } = await openMemory(repository, ports, note)
    keyRing = createKeyRing(masterKeys, { installationSecret: secret })
    const inventory = await system.readInventory(store, {
      remembered: (key) => memory.firstHash(key),
      facts: (info) => rememberedFacts(memory, info),
      saw: (key, sha256) =>
        memory.sawHash(key, { sha256, at: new Date(ports.clock.now()).toISOString(), source: 'seen' }),
      ...(signal && { signal }),
    })
    try {
      return await work({
        repository,
        address,
        system,
        store,
        memory,
        masterKeys,
        keyFingerprints: masterKeys.map((key) => key.fingerprint(secret)),
        keyRing,
        inventory,
        // Of two that ask at once the second gets the workers of the first.
        byteWork: async () => (byteWork ??= ports.openByteWork(request.workers)),
      })
    } finally {
      await save(memory, note)
    }
  } finally {
    keyRing?.close()
    try {
      await closeByteWork(byteWork)
    } finally {
      await store.close()
    }
  }
}

async function closeByteWork(byteWork: Promise<ByteWork> | null): Promise<void> {
  await (await byteWork)?.close()
}

/** kiok's address names the folder above the backups, with or without its last slash. */
export function addressFor(
  system: Pick<BackupSystem, 'prefix'>,
  address: RepositoryAddress,
): RepositoryAddress {
  if (address.kind !== 's3' || system.prefix !== 'folder') return address
  if (address.prefix === '' || address.prefix.endsWith('/')) return address
  return { ...address, prefix: `${address.prefix}/` }
}

/** A home that cannot be written (a read-only live system) must not keep anyone from proving a backup. */
async function openMemory(
  repository: string,
  { openCatalog, random, clock }: RepositoryPorts,
  note: (text: string) => void,
): Promise<{ readonly memory: RepositoryMemory; readonly secret: Uint8Array }> {
  try {
    const catalog = await openCatalog()
    const memory = savedAsLearnt(await catalog.openRepository(repository), { clock })
    return { secret: await catalog.installationSecret(), memory }
  } catch (error) {
    if (isHoldfastError(error)) throw error
    note('Note: the folder for remembered facts cannot be written; nothing of this run will be remembered.')
    return { secret: random.bytes(32), memory: memoryOfThisRun() }
  }
}

async function save(memory: RepositoryMemory, note: (text: string) => void): Promise<void> {
  try {
    await memory.save()
  } catch (error) {
    if (isHoldfastError(error)) note(error.message)
    else note('Note: what was learnt could not be written to the folder for remembered facts.')
  }
}

/** What `verifyBackups` is told of a system; a level of null is left to the console. */
export function verifyRequest(system: BackupSystem, level: VerifiableLevel | null): VerifyRequest {
  const { highestLevel, walker, recordsMd5 = false } = system
  return {
    system: { highestLevel, recordsMd5, walk: walker && { walker: walker.name, options: walker.options } },
    level,
    reading: 'whereNeeded',
  }
}

export async function verifyTools(
  opened: OpenRepository,
  { clock }: { readonly clock: Clock },
): Promise<VerifyTools> {
  return { ...opened, clock, byteWork: await opened.byteWork() }
}
