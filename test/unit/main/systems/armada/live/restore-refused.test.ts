import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readSmall } from '../../../../../../src/main/engine/transfer/read-small.ts'
import type { ObjectStore } from '../../../../../../src/main/ports/object-store.ts'
import { armadaProtocol } from '../../../../../../src/main/systems/armada/protocol.ts'
import { restoreArmada } from '../../../../../../src/main/systems/armada/live/restore-armada.ts'
import { endRecord, putRecord } from '../../../../../../src/main/systems/armada/record-writer.ts'
import { snappyStream } from '../../../../../../src/main/systems/armada/snappy-writer.ts'
import { manifestBytes } from '../../../../../../src/main/systems/armada/writer.ts'
import { spoilByte } from '../../../../../lab/armada.ts'
import type { ArmadaFaults } from '../../../../../lab/masters/armada.ts'
import {
  contentsOf,
  fingerprint,
  withRestoreLab,
  type RestoreLab,
} from '../../../../../lab/masters/armada-restore.ts'

/** What is thrown before the first table is sent; nothing was changed then. */
async function refusal(lab: RestoreLab, tables?: readonly string[]): Promise<unknown> {
  const { session, config, backupId, report } = lab
  const choice = { backupId, ...(tables !== undefined && { tables }) }
  try {
    for await (const { kind } of restoreArmada(session, config, choice, report))
      if (kind === 'sending') throw new Error('a table is sent')
  } catch (error) {
    expect(lab.server.changes()).toBe(0)
    for (const table of lab.server.tables.names())
      expect(fingerprint(contentsOf(lab.server).get(table))).toBe(fingerprint(lab.before.get(table)))
    return error
  }
  throw new Error('it was not refused')
}

/** A backup of one table, its MD5 right, of this file. */
async function putFile(
  { store, backupId }: RestoreLab,
  records: Iterable<Uint8Array>,
  version: 1 | 2 = 1,
): Promise<void> {
  const parts: Uint8Array[] = []
  for await (const piece of snappyStream(records)) parts.push(piece)
  await putBytes(store, backupId, Buffer.concat(parts), version)
}

async function putBytes(store: ObjectStore, backupId: string, file: Buffer, version: 1 | 2): Promise<void> {
  const md5 = createHash('md5').update(file).digest('hex')
  const [startedAt, finishedAt] = ['2026-11-19T02:00:00Z', '2026-11-19T02:00:04Z']
  const tables = [{ table: 'accounts', fileName: 'accounts.bak', md5 }]
  await store.delete(`${backupId}/holdfast.json`)
  await store.put(`${backupId}/accounts.bak`, file)
  await store.put(`${backupId}/manifest.json`, manifestBytes({ startedAt, finishedAt, version, tables }))
}

const key = (text: string): Buffer => Buffer.from(text, 'latin1')
const put = (text: string, table = 'accounts', value = 'value'): Uint8Array =>
  putRecord({ table, key: key(text), value: Buffer.from(value) })

function oversized(): Uint8Array {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(5n * 1024n * 1024n)
  return Buffer.concat([length, Buffer.alloc(64)])
}

describe('A backup is refused before the first byte is sent', () => {
  test.each<readonly [string, (lab: RestoreLab) => Promise<unknown>, RegExp]>([
    [
      'one byte of a file is another one',
      async ({ store, backupId }) => spoilByte(store, `${backupId}/sessions.bak`),
      /The MD5 of "sessions\.bak" is [0-9a-f]{32}; the manifest records/,
    ],
    [
      'a file is not there',
      async ({ store, backupId }) => store.delete(`${backupId}/sessions.bak`),
      /"sessions\.bak" is not in its folder/,
    ],
    [
      'file and manifest were rewritten together, but not what this console recorded',
      async (lab) => {
        const sidecar = await readSmall(lab.store, `${lab.backupId}/holdfast.json`, 1e6)
        await putFile(lab, [put('a')])
        await lab.store.put(`${lab.backupId}/holdfast.json`, sidecar)
      },
      /The SHA-256 of "accounts\.bak" is not the one in holdfast\.json/,
    ],
    [
      'a record says that it is longer than a server can bear',
      async (lab) => putFile(lab, [put('a'), oversized()]),
      /says that it has 5242880 bytes; a server that reads more than 4194304 stops/,
    ],
    [
      'the file ends within a record',
      async ({ store, backupId }) => {
        const parts: Uint8Array[] = []
        for await (const piece of snappyStream([put('a'), put('b').subarray(0, 12)])) parts.push(piece)
        await putBytes(store, backupId, Buffer.concat(parts), 1)
      },
      /ends early, within record 2/,
    ],
    [
      'records are of another table',
      async (lab) => putFile(lab, [put('a'), put('b', 'sessions')]),
      /records of the table "sessions", not of "accounts"/,
    ],
    [
      'records name no table',
      async (lab) => putFile(lab, [put('a', '')]),
      /1 of 1 records in "accounts\.bak" name no table/,
    ],
    ['keys are not in order', async (lab) => putFile(lab, [put('b'), put('a')]), /not in ascending order/],
    [
      'a key comes twice',
      async (lab) => putFile(lab, [put('b'), put('b')]),
      /not in ascending order, each once/,
    ],
    [
      'a key holds a zero byte',
      async (lab) => putFile(lab, [put('b\0c')]),
      /1 keys in "accounts\.bak" hold a zero byte/,
    ],
    [
      'a file ends as the newer format does, and the manifest names the older one',
      async (lab) => putFile(lab, [put('b'), endRecord('accounts', 7n)]),
      /ends as files of the newer format do/,
    ],
    [
      'a file of the newer format has no end',
      async (lab) =>
        putFile(lab, [putRecord({ table: 'accounts', key: key('a'), value: key('b'), leaderIndex: 4n })], 2),
      /has no record that ends it/,
    ],
    [
      'the manifest cannot be read',
      async ({ store, backupId }) => store.put(`${backupId}/manifest.json`, key('{"tables":')),
      /manifest cannot be read/,
    ],
  ])('where %s', async (_, damage, why) => {
    await withRestoreLab(async (lab) => {
      await damage(lab)
      expect(await refusal(lab)).toMatchObject({
        code: 'restore.refused',
        text: { why: expect.stringMatching(why), unchanged: expect.stringContaining('Nothing was sent') },
      })
      expect(lab.server.calls).toEqual([])
    })
  })

  test('where it has no such table, or is not there', async () => {
    await withRestoreLab(async (lab) => {
      expect(await refusal(lab, ['nobody'])).toMatchObject({ text: { why: 'It has no table "nobody".' } })
      expect(await refusal({ ...lab, backupId: 'nothing' })).toMatchObject({ code: 'backup.notFound' })
      expect(lab.server.calls).toEqual([])
    })
  })

  test('where its files are of the newer format, and the server knows only the older one', async () => {
    await withRestoreLab(
      async (lab) => {
        expect(await refusal(lab)).toMatchObject({
          code: 'restore.refused',
          text: { what: expect.stringContaining('cannot take files of the newer format') },
        })
        expect(lab.server.streamed).toEqual([])
      },
      { version: 1, backupVersion: 2 },
    )
  })

  test.each<readonly [string, ArmadaFaults, string]>([
    ['is a follower', { maintenance: 'follower' }, 'master.notLeader'],
    ['has its maintenance off', { maintenance: 'off' }, 'master.notOffered'],
    [
      'has a table in error, so that its old state could not be kept',
      { inError: 'limits' },
      'master.notReady',
    ],
    ['breaks while the tables are saved', { stream: 'breaks' }, 'master.unreachable'],
    ['sends something else while the tables are saved', { stream: 'spoils' }, 'master.badAnswer'],
  ])('where the server %s', async (_, faults, code) => {
    await withRestoreLab(async (lab) => {
      lab.server.setFaults(faults)
      expect(await refusal(lab)).toMatchObject({ code })
    })
  })
})

describe('A backup that changes after it was verified', () => {
  test('is not sent, or not to its end: the old table stays', async () => {
    await withRestoreLab(async (lab) => {
      const { session, config, backupId, report, store, server } = lab
      const restore = async (): Promise<void> => {
        for await (const { kind } of restoreArmada(session, config, { backupId }, report))
          if (kind === 'sending') await spoilByte(store, `${backupId}/accounts.bak`)
      }
      await expect(restore()).rejects.toMatchObject({
        code: 'object.changed',
        text: { unchanged: expect.stringContaining('It is as it was') },
      })
      expect(fingerprint(contentsOf(server).get('accounts'))).toBe(fingerprint(lab.before.get('accounts')))
    })
  })
})

describe('The server of the lab', () => {
  /** As the system's own tools send it: what is in the file, and nothing twice. */
  async function sendRaw({ session, config, server }: RestoreLab, file: Uint8Array): Promise<void> {
    const client = await session.grpc(server.origin, config.tls, armadaProtocol)
    async function* messages() {
      yield { info: { table: Buffer.from('accounts') } }
      yield { chunk: { data: file, len: file.byteLength } }
    }
    const call = { method: '/maintenance.v1.Maintenance/Restore', deadlineMs: 10_000 }
    await client.clientStream(call, messages())
  }

  test('loses a key with each batch of a restore, as the real one does', async () => {
    await withRestoreLab(async (lab) => {
      await sendRaw(lab, await readSmall(lab.store, `${lab.backupId}/accounts.bak`, 1e6))
      expect(lab.server.tables.contents('accounts').size).toBeLessThan(57)
    })
  })

  test('ends with a record that is too long, as the real one does', async () => {
    await withRestoreLab(async (lab) => {
      const parts: Uint8Array[] = []
      for await (const piece of snappyStream([put('a'), oversized()])) parts.push(piece)
      await expect(sendRaw(lab, Buffer.concat(parts))).rejects.toThrow()
      expect(lab.server.isAlive()).toBe(false)
    })
  })
})
