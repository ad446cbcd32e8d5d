import { chmod, mkdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseAddress } from '../../src/shared/domain/address.ts'
import type { SystemName } from '../../src/shared/domain/system-name.ts'
import type { CliPorts, DemonstrationFleet } from '../../src/main/cli/context.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { makeArmadaBackup, scheduledName } from './armada.ts'
import { makeChangoArchive } from './chango.ts'
import { labVolume, makePgBackRestRepository, segmentName, type LabLabel } from './kindling.ts'
import { kisekiShards, makeKisekiSnapshot } from './kiseki.ts'
import { makeKiokRepository, nightsFrom, usualSizes, type KiokNight } from './kiok.ts'
import { noAccess } from '../../src/shared/contract/repositories.ts'

type DemonstrationCluster = DemonstrationFleet['clusters'][number]

/** Made up, printed nowhere, worth nothing. */
export const masterKey = 'the fleet of the demonstration: this key protects nothing'

const dayMs = 86_400_000
const hourMs = 3_600_000

/** Three weeks of nights, the last one a few hours ago. */
const nights = 21

export type LabPorts = Pick<CliPorts, 'clock' | 'openStore' | 'openByteWork'>

/**
 * Seven clusters with three weeks of backups each: one whose shared object is damaged and which missed a night, one with
 * a backup under another key, two of chango, one of kiseki with mostly empty snapshots, one of armada with a damaged table, and
 * one of kindling with a gap in its archive.
 */
export async function makeDemonstrationFleet(dir: string, ports: LabPorts): Promise<DemonstrationFleet> {
  const fleet = describeFleet(dir)
  await mkdir(dir, { recursive: true })
  await writeFile(fleet.masterKeyFile, masterKey, { mode: 0o600 })
  await chmod(fleet.masterKeyFile, 0o600)
  await makeClusters(dir, ports)
  return fleet
}

async function makeClusters(dir: string, ports: LabPorts): Promise<void> {
  const lastNightMs = Math.floor((ports.clock.now() - 2 * hourMs) / hourMs) * hourMs
  const firstNightMs = lastNightMs - (nights - 1) * dayMs
  const place = (name: string): string => join(dir, 'fleet', name)
  await makeKiok(place('kiok-prod'), ports, {
    seed: 'kiok-prod',
    cluster: 'kiok-prod',
    masterKey,
    // The ninth night never ran.
    nights: usualNights(firstNightMs).filter((_, night) => night !== 9),
    spoil: true,
  })
  await makeKiok(place('kiok-stage'), ports, {
    seed: 'kiok-stage',
    cluster: 'kiok-stage',
    masterKey,
    nights: usualNights(firstNightMs).map((each, night): KiokNight => {
      if (night === 12)
        return { ...each, changed: 'all', masterKey: 'another key: it protects nothing either' }
      return night === 13 ? { ...each, changed: 'all', masterKey } : each
    }),
    spoil: false,
  })
  for (const name of ['chango-core', 'chango-dr']) await makeChango(place(name), name, firstNightMs, ports)
  await makeKiseki(place('kiseki-lab'), firstNightMs)
  await makeArmada(place('armada-edge'), firstNightMs, ports)
  await makeKindling(place('kindling-eu'), firstNightMs, ports)
}

/** What is made below the folder, whether it is there already or not. */
export function describeFleet(dir: string): DemonstrationFleet {
  const cluster = (
    name: string,
    system: SystemName,
    fields: Partial<DemonstrationCluster> = {},
  ): DemonstrationCluster => ({
    name,
    system,
    mode: 'normal',
    address: pathToFileURL(join(dir, 'fleet', name)).href,
    rpoMs: dayMs,
    rtoMs: 20 * 60_000,
    needsKey: false,
    ...fields,
  })
  const clusters = [
    cluster('kiok-prod', 'kiok', { mode: 'protected', needsKey: true }),
    cluster('kiok-stage', 'kiok', { needsKey: true }),
    cluster('chango-core', 'chango', { mode: 'protected', needsKey: true }),
    cluster('chango-dr', 'chango', { mode: 'readOnly', needsKey: true }),
    cluster('kiseki-lab', 'kiseki', { rtoMs: null }),
    cluster('armada-edge', 'armada', { rtoMs: 10 * 60_000 }),
    cluster('kindling-eu', 'kindling', { mode: 'protected', rtoMs: 30 * 60_000 }),
  ]
  return { masterKeyFile: join(dir, 'fleet.key'), clusters }
}

/** kms and connections change seldom, so that many backups share one object. */
function usualNights(firstNightMs: number): readonly KiokNight[] {
  return nightsFrom(new Date(firstNightMs).toISOString(), nights, (night) => [
    ...(night % 4 === 2 ? ['joblog'] : ['metadata', 'joblog']),
    ...(night % 5 === 3 ? ['iam'] : []),
    ...(night === 7 ? ['kms'] : []),
    ...(night === 16 ? ['connections'] : []),
  ])
}

async function makeKiok(
  folder: string,
  ports: LabPorts,
  {
    spoil,
    ...lab
  }: {
    readonly seed: string
    readonly cluster: string
    readonly masterKey: string
    readonly nights: readonly KiokNight[]
    readonly spoil: boolean
  },
): Promise<void> {
  await withFolder(folder, ports, async (store) => {
    const byteWork = await ports.openByteWork(null)
    try {
      const ids = await makeKiokRepository(
        { ...lab, storeSizes: usualSizes, iterations: 1000 },
        { store, byteWork },
      )
      // One byte of the object that every backup from then on shares.
      if (spoil) await spoilByte(store, `${ids[7] ?? ''}/kms.enc`)
    } finally {
      await byteWork.close()
    }
  })
}

async function spoilByte(store: ObjectStore, key: string): Promise<void> {
  const { pieces } = await store.get(key)
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  const bytes = Buffer.concat(parts)
  const at = Math.floor(bytes.byteLength * 0.7)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await store.put(key, bytes)
}

async function makeChango(
  folder: string,
  seed: string,
  firstNightMs: number,
  ports: LabPorts,
): Promise<void> {
  await withFolder(folder, ports, async (store) => {
    for (let night = 0; night < nights; night += 1) {
      const when = new Date(firstNightMs + night * dayMs + hourMs / 2).toISOString().replace(/\.\d+/, '')
      const archive = await makeChangoArchive({
        dialect: night < 10 ? 1 : 2,
        seed: `${seed} ${night}`,
        when,
        masterKey,
        patches: 2,
      })
      await store.putStream(archive.key, archive.pieces())
      if (night % 2 === 0) await store.put(`${archive.key}.sha256`, Buffer.from(await archive.sidecar()))
    }
  })
}

export async function withFolder<T>(
  folder: string,
  { openStore }: LabPorts,
  work: (store: ObjectStore) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true })
  const store = await openStore(parseAddress(pathToFileURL(folder).href), noAccess, 'write')
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/**
 * Four snapshots a day, empty but for one: the server as shipped archives no shard. One whose tar was cut, and a tar whose
 * manifest was never written.
 */
async function makeKiseki(folder: string, firstNightMs: number): Promise<void> {
  const runs = nights * 4
  for (let run = 0; run < runs; run += 1) {
    // The last one in the last night, as of every other cluster: none is from the future.
    const atMs = firstNightMs + (run - 3) * (dayMs / 4)
    const isFilled = run === runs - 30 || run === runs - 50
    const { backupId, tar, manifest } = makeKisekiSnapshot({
      seed: `demonstration ${run}`,
      at: new Date(atMs).toISOString().replace(/\.\d+/, ''),
      shards: isFilled ? kisekiShards(`demonstration ${run}`, 12, 4000) : [],
    })
    const isCut = run === runs - 50
    await writeAt(join(folder, backupId, 'snapshot.tar'), isCut ? tar.subarray(0, 20_000) : tar, atMs)
    // The upload of one manifest failed.
    if (run !== runs - 11) await writeAt(join(folder, backupId, 'manifest.json'), manifest, atMs)
  }
}

/** As the scheduled job leaves them; the cluster was upgraded in the second week. One file has a byte that turned. */
async function makeArmada(folder: string, firstNightMs: number, ports: LabPorts): Promise<void> {
  await withFolder(folder, ports, async (store) => {
    // The last night did not come.
    for (let night = 0; night < nights - 1; night += 1) {
      const at = firstNightMs + night * dayMs
      const name = scheduledName(at)
      const finished = new Date(at + 9_140).toISOString()
      const tables = { accounts: 200 + 3 * night, sessions: 350 + ((night * 37) % 90), limits: 24 }
      const version = night < 12 ? 1 : 2
      await makeArmadaBackup(
        name,
        finished,
        { seed: `armada-edge ${night}`, tables, version, scheduled: true },
        store,
      )
      if (night === 8) await spoilByte(store, `${name}/sessions.bak`)
    }
  })
}

/**
 * As pgBackRest leaves them: a full backup a week, an incremental one each other night. The archive lost a segment that was written
 * while one of them was made. Behind them lie the disks of two projects, one of which is no disk image.
 */
async function makeKindling(folder: string, firstNightMs: number, ports: LabPorts): Promise<void> {
  await withFolder(folder, ports, async (store) => {
    const labels: LabLabel[] = []
    for (let night = 0; night < nights; night += 1) {
      const at = new Date(firstNightMs + night * dayMs)
      const stamp = at.toISOString().replace(/[-:]/g, '').slice(0, 15).replace('T', '-')
      const week = Math.floor(night / 7)
      const full = labels[week * 7]?.label
      labels.push({
        label: full === undefined || night % 7 === 0 ? `${stamp}F` : `${full}_${stamp}I`,
        ...(night % 7 > 0 && { prior: labels[night - 1]?.label ?? '' }),
        files: {
          PG_VERSION: '15\n',
          'base/1/1249': 'catalog '.repeat(4000),
          'base/16384/2619': `statistics of week ${week} `.repeat(900),
          'base/16384/16390': `rows until night ${night} `.repeat(1200),
        },
        wal: [2 + 4 * night, 3 + 4 * night],
        stoppedAt: new Date(at.getTime() + 9_000).toISOString(),
      })
    }
    await makePgBackRestRepository(store, labels)
    const lost = segmentName(2 + 4 * 9)
    for await (const entry of store.list({ prefix: 'archive/' }))
      if (entry.kind === 'object' && entry.key.includes(lost)) await store.delete(entry.key)
    await store.put(`project-volumes/${volumes[0]}/backups/${volumeBackups[0]}.qcow2`, labVolume())
    await store.put(
      `project-volumes/${volumes[1]}/backups/${volumeBackups[1]}.qcow2`,
      Buffer.from('an upload that is no disk'),
    )
  })
}

const volumes = ['6f1d2c3b-4a59-4687-9c7b-1a2b3c4d5e6f', 'b7c8d9e0-f1a2-4b3c-8d4e-5f6071829304'] as const
const volumeBackups = [
  '0d9c8b7a-6f5e-4d3c-8b2a-190817263544',
  '5e4d3c2b-1a09-4f8e-9d7c-6b5a49382716',
] as const

async function writeAt(file: string, body: string | Uint8Array, atMs: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, body)
  await utimes(file, atMs / 1000, atMs / 1000)
}
