import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import { walkArmada } from '../../src/main/systems/armada/armada.ts'
import { completeBackup, writeTable } from '../../src/main/systems/armada/writer.ts'
import { endRecord, putRecord } from '../../src/main/systems/armada/record-writer.ts'
import { snappyStream } from '../../src/main/systems/armada/snappy-writer.ts'
import { readSmall } from '../../src/main/engine/transfer/read-small.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { seededNumber, seededRandom } from './seeded.ts'
import { compressBlock } from './snappy-compressor.ts'

export interface ArmadaLab {
  readonly seed: string
  /** Keys of each table. */
  readonly tables: Readonly<Record<string, number>>
  /** 2: as newer servers write it. */
  readonly version?: 1 | 2
  /** As the scheduled job of the older chart leaves it: without this console's sidecar. */
  readonly scheduled?: boolean
  readonly statusErrors?: readonly string[]
}

/** The file of one table, compressed as a server has it; the same seed gives the same bytes. */
export function armadaTable(
  seed: string,
  table: string,
  keys: number,
  version: 1 | 2 = 1,
): AsyncIterable<Uint8Array> {
  return snappyStream(armadaRecords(seed, table, keys, version), compressBlock)
}

/** Records of a table. */
export function* armadaRecords(
  seed: string,
  table: string,
  keys: number,
  version: 1 | 2,
): Generator<Uint8Array, void, undefined> {
  let index = 1000n
  for (const { key, value } of armadaPairs(seed, table, keys)) {
    yield putRecord({ table, key, value, ...(version === 2 && { leaderIndex: index }) })
    index += 1n
  }
  if (version === 2) yield endRecord(table, index)
}

/** What a table holds: keys in ascending order, values of some hundred bytes, half text and half noise. */
export function* armadaPairs(
  seed: string,
  table: string,
  keys: number,
): Generator<{ readonly key: Buffer; readonly value: Buffer }, void, undefined> {
  const random = seededRandom(`${seed} ${table}`)
  for (let index = 0; index < keys; index += 1) {
    const key = Buffer.from(`${table}/${String(index).padStart(8, '0')}`)
    const text = `{"id":${index},"of":"${table}","state":"active","note":"`
    const noise = Buffer.from(random.bytes(40 + seededNumber(random, 80))).toString('base64')
    yield { key, value: Buffer.from(`${text}${noise}"}`) }
  }
}

/** What looks at a table while it is written. */
export const armadaByteWork = inProcessByteWork(new Map([['armada', walkArmada]]))

/** Writes one backup as a server and this console would have: `at` is when it was finished. */
export async function makeArmadaBackup(
  backupId: string,
  at: string,
  { seed, tables, version = 1, scheduled = false, statusErrors = [] }: ArmadaLab,
  store: ObjectStore,
): Promise<void> {
  const written = []
  for (const [table, keys] of Object.entries(tables)) {
    const pieces = () => armadaTable(seed, table, keys, version)
    written.push(await writeTable(backupId, { table, pieces }, { store, byteWork: armadaByteWork }))
  }
  const startedAt = new Date(Date.parse(at) - 4_000).toISOString()
  await completeBackup(
    { backupId, startedAt, finishedAt: at, version, serverVersion: 'v0.10.0', statusErrors, tables: written },
    { store },
  )
  if (scheduled) await store.delete(`${backupId}/holdfast.json`)
}

/** `YY-MM-DD-HH-MM`, as the scheduled job of the older chart names its folders. */
export function scheduledName(atMs: number): string {
  return new Date(atMs).toISOString().slice(2, 16).replace(/[T:]/g, '-')
}

/** Four backups: a good one, one of empty tables, a damaged one, and one of the scheduled job. */
export async function makeArmadaRepository(store: ObjectStore, seed = 'armada'): Promise<void> {
  const tables = { accounts: 300, sessions: 900, limits: 0 }
  await makeArmadaBackup(
    '20261117T020000Z',
    '2026-11-17T02:00:00Z',
    { seed: `${seed} 0`, tables, version: 2 },
    store,
  )
  const empty = { accounts: 0, sessions: 0, limits: 0 }
  await makeArmadaBackup(
    '20261118T020000Z',
    '2026-11-18T02:00:00Z',
    { seed: `${seed} 1`, tables: empty },
    store,
  )
  await makeArmadaBackup('20261119T020000Z', '2026-11-19T02:00:00Z', { seed: `${seed} 2`, tables }, store)
  await spoilByte(store, '20261119T020000Z/sessions.bak')
  const cron = { seed: `${seed} 3`, tables, scheduled: true }
  await makeArmadaBackup('26-11-20-02-00', '2026-11-20T02:00:07Z', cron, store)
}

/** One byte in the middle of an object. */
export async function spoilByte(store: ObjectStore, key: string): Promise<void> {
  const bytes = Buffer.from(await readSmall(store, key, 1e9))
  const at = Math.floor(bytes.byteLength / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await store.put(key, bytes)
}
