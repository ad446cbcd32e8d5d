import { deriveSealingKey, type SealingKey } from '../../src/main/engine/envelope/new-envelope.ts'
import { HeldMasterKey } from '../../src/main/engine/master-key.ts'
import type { ByteWork } from '../../src/main/ports/byte-work.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { writeBackup, type StoreSource, type WrittenEntry } from '../../src/main/systems/kiok/writer.ts'
import { seededBytes, seededRandom, sha256Of } from './seeded.ts'

export interface KiokLab {
  readonly seed: string
  readonly cluster: string
  readonly masterKey: string
  /** Plain bytes of each store. */
  readonly storeSizes: Readonly<Record<string, number>>
  /** One backup an entry, oldest first, with the stores that changed since the one before. */
  readonly nights: readonly KiokNight[]
  /** Rounds of the key derivation; few, so that tests do not wait for a strength that they do not need. */
  readonly iterations?: number
  /** True: the cluster runs without its key service. */
  readonly plain?: boolean
}

export interface KiokNight {
  /** UTC ISO 8601. */
  readonly at: string
  /** `all` for a first backup. */
  readonly changed: readonly string[] | 'all'
  /** Another master key from this night on. */
  readonly masterKey?: string
}

export const usualSizes = {
  metadata: 40_000,
  kms: 3_000,
  iam: 9_000,
  connections: 1_200,
  joblog: 150_000,
} as const

/** Writes a kiok repository as the cluster would have over the nights; the same seed gives the same plain stores. */
export async function makeKiokRepository(
  lab: KiokLab,
  { store, byteWork }: { readonly store: ObjectStore; readonly byteWork: ByteWork },
): Promise<readonly string[]> {
  const random = seededRandom(`${lab.seed} envelopes`)
  const ids: string[] = []
  const versions = new Map<string, number>()
  let previous: ReadonlyMap<string, WrittenEntry> = new Map()
  let masterKey = lab.masterKey
  let sealing = await sealingKey(lab, masterKey, random.bytes(16))
  for (const [index, night] of lab.nights.entries()) {
    if (night.masterKey !== undefined && night.masterKey !== masterKey) {
      masterKey = night.masterKey
      sealing = await sealingKey(lab, masterKey, random.bytes(16))
      // Under another key nothing older can be pointed to: what that key opens is what the backup holds.
      previous = new Map()
    }
    const backupId = backupIdAt(night.at, random.bytes(4))
    const stores: StoreSource[] = []
    for (const [name, sizeBytes] of Object.entries(lab.storeSizes)) {
      if (night.changed === 'all' || night.changed.includes(name)) versions.set(name, index)
      const seed = `${lab.seed} ${name} ${versions.get(name) ?? 0}`
      const sha256 = await sha256Of(seededBytes(seed, sizeBytes))
      stores.push({ store: name, sizeBytes, sha256, pieces: () => seededBytes(seed, sizeBytes) })
    }
    previous = await writeBackup(
      {
        backupId,
        createdAt: night.at,
        cluster: lab.cluster,
        stores,
        sealing,
        previous,
        isTrusted: () => true,
      },
      { store, byteWork, random },
    )
    ids.push(backupId)
  }
  return ids
}

/** One night after another from `first` on, everything in the first, then `changed(night)`. */
export function nightsFrom(
  first: string,
  count: number,
  changed: (night: number) => readonly string[],
): readonly KiokNight[] {
  return Array.from({ length: count }, (_, night) => ({
    at: new Date(Date.parse(first) + night * 86_400_000).toISOString().replace('.000Z', 'Z'),
    changed: night === 0 ? 'all' : changed(night),
  }))
}

function backupIdAt(at: string, suffix: Uint8Array): string {
  return `${at.replace(/[-:]/g, '').replace(/\.\d+/, '')}-${Buffer.from(suffix).toString('hex')}`
}

async function sealingKey(lab: KiokLab, masterKey: string, salt: Uint8Array): Promise<SealingKey | null> {
  if (lab.plain === true) return null
  return deriveSealingKey(new HeldMasterKey(Buffer.from(masterKey, 'utf8'), 'lab'), {
    keyId: 'backup-encryption',
    keyVersion: 1,
    kdf: { salt, iterations: lab.iterations ?? 1000 },
  })
}
