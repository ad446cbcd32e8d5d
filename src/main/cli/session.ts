import { formatAddress, parseAddress, type RepositoryAddress } from '../../shared/domain/address.ts'
import { HoldfastError, isHoldfastError } from '../../shared/domain/error.ts'
import { createKeyRing, type KeyRing } from '../engine/envelope/key-ring.ts'
import { rememberedFacts } from '../engine/verify/remembered-facts.ts'
import { memoryOfThisRun } from '../engine/verify/no-memory.ts'
import type { VerifyRequest, VerifyTools } from '../engine/verify/verify-backups.ts'
import type { VerifiableLevel } from '../../shared/domain/level.ts'
import type { BackupSystem, Inventory } from '../ports/backup-system.ts'
import type { ByteWork } from '../ports/byte-work.ts'
import type { RepositoryMemory } from '../ports/catalog.ts'
import type { MasterKey } from '../ports/master-key.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import { findSystem, systemNames } from '../systems/registry.ts'
import type { AccessOptions, CliPorts, CommandContext } from './context.ts'
import { readMasterKeys } from './master-keys.ts'
import type { RepositoryOptions } from './options.ts'
import { bytesPerSecond } from './rate.ts'

/** One run's view of one repository. */
export interface Session {
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
export async function withSession<T>(
  options: RepositoryOptions,
  context: CommandContext,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { ports, signal } = context
  const workers = options.workers === undefined ? null : parseWorkers(options.workers)
  const maxRatio = options.maxRatio === undefined ? null : parseRatio(options.maxRatio)
  const system = await findSystem(options.system, { maxRatio })
  if (system === null) {
    throw new HoldfastError('usage', {
      what: `There is no system ${JSON.stringify(options.system)}.`,
      next: `Use one of: ${systemNames.join(', ')}.`,
    })
  }
  const address = addressFor(system, parseAddress(options.repository))
  const repository = formatAddress(address)
  const masterKeys = await readMasterKeys(options.masterKeyFile, context)
  const store = await ports.openStore(address, accessOptions(options), 'read')
  let byteWork: ByteWork | null = null
  let keyRing: KeyRing | null = null
  try {
    const { memory, secret } = await openMemory(repository, context)
    keyRing = createKeyRing(masterKeys, { installationSecret: secret })
    const inventory = await system.readInventory(store, {
      remembered: (key) => memory.firstHash(key),
      facts: (info) => rememberedFacts(memory, info),
      saw: (key, sha256) =>
        memory.sawHash(key, { sha256, at: new Date(ports.clock.now()).toISOString(), source: 'seen' }),
      signal,
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
        byteWork: async () => (byteWork ??= await ports.openByteWork(workers)),
      })
    } finally {
      await save(memory, context)
    }
  } finally {
    keyRing?.close()
    await closeQuietly(byteWork)
    await store.close()
  }
}

function parseWorkers(text: string): number {
  if (/^[1-9][0-9]?$/.test(text)) return Number(text)
  throw new HoldfastError('usage', {
    what: 'The number of workers is not one from 1 to 99.',
    next: 'Leave it out, or use the number of cores.',
  })
}

/** kiok's address names the folder above the backups, with or without its last slash. */
export function addressFor(system: BackupSystem, address: RepositoryAddress): RepositoryAddress {
  if (address.kind !== 's3' || system.prefix !== 'folder') return address
  if (address.prefix === '' || address.prefix.endsWith('/')) return address
  return { ...address, prefix: `${address.prefix}/` }
}

export function accessOptions(options: Omit<RepositoryOptions, 'repository' | 'system'>): AccessOptions {
  return {
    profile: options.profile ?? null,
    caFile: options.caFile ?? null,
    allowHttp: options.allowHttp ?? false,
    sshKeyFiles: options.sshKey,
    hostKey: options.hostKey ?? null,
    maxBytesPerSecond: options.maxRate === undefined ? null : bytesPerSecond(options.maxRate),
  }
}

/** A home that cannot be written (a read-only live system) must not keep anyone from proving a backup. */
async function openMemory(
  repository: string,
  { ports, output }: CommandContext,
): Promise<{ readonly memory: RepositoryMemory; readonly secret: Uint8Array }> {
  try {
    const catalog = await ports.openCatalog(ports.stateFolder)
    return { secret: await catalog.installationSecret(), memory: await catalog.openRepository(repository) }
  } catch (error) {
    if (isHoldfastError(error)) throw error
    output.note(
      'Note: the folder for remembered facts cannot be written; nothing of this run will be remembered.',
    )
    return { secret: ports.random.bytes(32), memory: memoryOfThisRun() }
  }
}

async function save(memory: RepositoryMemory, { output }: CommandContext): Promise<void> {
  try {
    await memory.save()
  } catch (error) {
    if (isHoldfastError(error)) output.note(error.message)
    else output.note('Note: what was learnt could not be written to the folder for remembered facts.')
  }
}

async function closeQuietly(byteWork: ByteWork | null): Promise<void> {
  await byteWork?.close()
}

function parseRatio(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new HoldfastError('usage', {
    what: `${JSON.stringify(text)} is no ratio.`,
    next: 'Write a whole number, such as 200.',
  })
}

/** What `verifyBackups` is told of a system; a level of null is left to the console. */
export function verifyRequest(system: BackupSystem, level: VerifiableLevel | null): VerifyRequest {
  const { highestLevel, walker } = system
  return {
    system: { highestLevel, walk: walker && { walker: walker.name, options: walker.options } },
    level,
    reading: 'whereNeeded',
  }
}

export async function verifyTools(session: Session, { clock }: CliPorts): Promise<VerifyTools> {
  return { ...session, clock, byteWork: await session.byteWork() }
}
