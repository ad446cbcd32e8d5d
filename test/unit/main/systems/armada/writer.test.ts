import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { isHoldfastError } from '../../../../../src/shared/domain/error.ts'
import { readSmall } from '../../../../../src/main/engine/transfer/read-small.ts'
import { armada } from '../../../../../src/main/systems/armada/armada.ts'
import { putRecord } from '../../../../../src/main/systems/armada/record-writer.ts'
import { snappyStream } from '../../../../../src/main/systems/armada/snappy-writer.ts'
import { completeBackup, manifestBytes, writeTable } from '../../../../../src/main/systems/armada/writer.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { armadaByteWork } from '../../../../lab/armada.ts'
import { fileOf } from './fixture.ts'

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8')
const record = (table: string, key: string, value: string): Uint8Array =>
  putRecord({ table, key: utf8(key), value: utf8(value) })

describe('What this console writes of an armada backup', () => {
  test.each([
    ['regatta-test', 'foo', 'bar', 52, '5cc50dc8f85f6ab733c9cff534a398dd'],
    ['regatta-test2', 'foo2', 'bar2', 55, 'df74e3ebc3b31f884245cf0efb3c9b6e'],
  ])('is byte for byte what the system’s own tests expect of %s', async (table, key, value, size, md5) => {
    const file = await fileOf(record(table, key, value))
    expect(file.byteLength).toBe(size)
    expect(createHash('md5').update(file).digest('hex')).toBe(md5)
  })

  test('is a file that begins as the published one', async () => {
    expect(Buffer.from(await fileOf(record('regatta-test', 'foo', 'bar'))).toString('hex')).toBe(
      'ff060000734e6150705901260000d2bcad2c1a000000000000000a0c726567617474612d746573741a0a0a03666f6f2203626172',
    )
  })

  test('is proved to the end, sidecar and manifest included', async () => {
    const store = memoryStore()
    const tables = []
    for (const table of ['b', 'a', '__proto__']) {
      const pieces = () => snappyStream([record(table, 'k', 'v'), record(table, 'l', 'w')])
      tables.push(await writeTable('now', { table, pieces }, { store, byteWork: armadaByteWork }))
    }
    await completeBackup(
      {
        backupId: 'now',
        startedAt: '2026-11-20T02:00:00.000Z',
        finishedAt: '2026-11-20T02:00:09.500Z',
        version: 1,
        serverVersion: 'v0.10.0',
        statusErrors: [],
        tables,
      },
      { store },
    )
    const { said, backups } = await verifyRepository(store, armada)
    expect(said).toEqual({
      now: {
        verdict: 'good',
        codes: [],
        stores: { ['__proto__']: 'wellFormed', a: 'wellFormed', b: 'wellFormed' },
      },
    })
    expect(backups[0]?.backup.createdAt).toBe('2026-11-20T02:00:09.500Z')
    expect(
      JSON.parse(Buffer.from(await readSmall(store, 'now/holdfast.json', 1e6)).toString()),
    ).toMatchObject({
      format: 'holdfast-armada/1',
      serverVersion: 'v0.10.0',
      statusErrors: [],
      tables: { a: { keys: 2, size: tables[1]?.sizeBytes, sha256: tables[1]?.sha256 } },
    })
  })

  test('is a manifest of one line, tables by name, null for none', () => {
    const at = { startedAt: '2026-11-20T02:00:00Z', finishedAt: '2026-11-20T02:00:01Z' }
    const table = (name: string) => ({ table: name, fileName: `${name}.bak`, md5: 'x' })
    expect(Buffer.from(manifestBytes({ ...at, version: 1, tables: [] })).toString()).toBe(
      '{"started":"2026-11-20T02:00:00Z","finished":"2026-11-20T02:00:01Z","tables":null}\n',
    )
    expect(
      Buffer.from(manifestBytes({ ...at, version: 2, tables: [table('b<'), table('a')] })).toString(),
    ).toBe(
      '{"format":"armada-command-v2","started":"2026-11-20T02:00:00Z","finished":"2026-11-20T02:00:01Z",' +
        '"tables":[{"name":"a","file_name":"a.bak","md5":"x"},{"name":"b\\u003c","file_name":"b\\u003c.bak","md5":"x"}]}\n',
    )
  })

  test.each(['', '..', 'a/b', 'a\\b', 'x'.repeat(252), '\ud800'])(
    'is no file of a table called %j',
    async (table) => {
      const store = memoryStore()
      const error: unknown = await writeTable(
        'now',
        { table, pieces: () => snappyStream([]) },
        { store, byteWork: armadaByteWork },
      ).catch((thrown: unknown) => thrown)
      expect(isHoldfastError(error, 'object.badKey')).toBe(true)
    },
  )
})
