import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readManifestTables } from '../../../../../src/main/engine/rocksdb/manifest-tables.ts'
import { asLog, newTable, rocksManifest, text, varints } from '../../../../lab/rocksdb.ts'

/** As `ldb` of RocksDB 7.8.3 has left it: one table, 18, of 1364 bytes, and two further records. */
const real = Buffer.from(
  '56f9b8f81c0001011a6c6576656c64622e4279746577697365436f6d70617261746f72fb91127e5a0001020a0a0a0433670112d40a096101000000' +
    '000000000c6b6579390100000000000000000005058fc189d80606058fc189d80607000807556e6b6e6f776e03080a000000000000000c10e64c' +
    '522cf96b3ec981657fcf7900c21101dfcec07b06000109000316043300fff604080001020f090003170433',
  'hex',
)
const firstRecordBytes = 35
/** Behind it come the numbers of the log and of the next file. */
const tableRecordEnd = 132

const tablesOf = (manifest: Uint8Array): unknown => {
  const read = readManifestTables(manifest, 500_000)
  return read.kind === 'tables' ? Object.fromEntries(read.tables) : read.kind
}

const comparator = Buffer.concat([varints(1), text('leveldb.BytewiseComparator')])
const beginning = Buffer.concat([comparator, varints(2, 4, 3, 100, 4, 0)])
const of = (...records: readonly Uint8Array[]): unknown => tablesOf(asLog([beginning, ...records]))
const added = (number: number, sizeBytes = 1000): Buffer => newTable({ number, sizeBytes })

describe('the tables of a MANIFEST', () => {
  test('are those that RocksDB itself reads', () => {
    expect(tablesOf(real)).toEqual({ 18: 1364 })
  })

  test('are all told where a record goes over many blocks', () => {
    const tables = Array.from({ length: 5000 }, (_, index) => ({ number: index + 9, sizeBytes: index }))
    const manifest = rocksManifest(tables)
    expect(manifest.byteLength).toBeGreaterThan(3 * 32 * 1024)
    expect(tablesOf(manifest)).toEqual(
      Object.fromEntries(tables.map(({ number, sizeBytes }) => [number, sizeBytes])),
    )
  })

  test('go and come, and may move to another level in one record', () => {
    expect(of(added(9), added(10))).toEqual({ 9: 1000, 10: 1000 })
    expect(of(added(9), varints(6, 0, 9))).toEqual({})
    expect(of(added(9), Buffer.concat([added(9), varints(6, 0, 9)]))).toEqual({ 9: 1000 })
  })

  test('of a column family go with it', () => {
    const family = varints(200, 1)
    const made = Buffer.concat([varints(201), text('other'), family])
    expect(of(added(9), made, Buffer.concat([added(10), family]))).toEqual({ 9: 1000, 10: 1000 })
    expect(
      of(added(9), made, Buffer.concat([added(10), family]), Buffer.concat([family, varints(202)])),
    ).toEqual({ 9: 1000 })
  })

  test('that come together count only once all of them are there', () => {
    const first = Buffer.concat([added(9), varints(300, 1)])
    expect(of(first)).toEqual({})
    expect(of(first, Buffer.concat([added(10), varints(300, 0)]))).toEqual({ 9: 1000, 10: 1000 })
  })

  test('are as they were before a record that the end of the file cuts short, and before what was never written', () => {
    expect(tablesOf(real.subarray(0, -1))).toEqual({ 18: 1364 })
    expect(tablesOf(Buffer.concat([real, Buffer.alloc(40_000)]))).toEqual({ 18: 1364 })
  })

  test.each([
    ['of a kind that is not known', varints(11, 1)],
    ['of files beside the tables', varints(400, 1, 1, 1)],
    [
      'with a table in another folder',
      Buffer.concat([
        newTable({ number: 9, sizeBytes: 1 }).subarray(0, -1),
        varints(65),
        text('\x01'),
        varints(1),
      ]),
    ],
    ['that is cut', added(9).subarray(0, -1)],
    ['with a number that no number holds', Buffer.concat([varints(6, 0), Buffer.alloc(9, 0xff), varints(1)])],
  ] as const)('cannot be told where there is a record %s', (_, record) => {
    expect(of(added(8), record)).toBe('unknown')
  })

  test('may be told past fields that are there to be stepped over', () => {
    expect(of(added(9), Buffer.concat([varints(8193), text('id'), varints(9001), text('later')]))).toEqual({
      9: 1000,
    })
  })
})

test('A MANIFEST with any byte changed is damaged or unknown, or ends before the change like one being written', () => {
  const kinds = Array.from(real, (_, at) => {
    const changed = Uint8Array.from(real)
    changed[at] = (changed[at] ?? 0) ^ 1
    const told = tablesOf(changed)
    if (typeof told === 'object') expect([at, told]).toEqual([at, { 18: 1364 }])
    return typeof told === 'string' ? told : 'as before'
  })
  const first = kinds.slice(0, firstRecordBytes)
  expect(new Set(first)).toEqual(new Set(['unknown']))
  expect(kinds.filter((kind) => kind === 'as before').length).toBeLessThan(5)
})

test('One that names no next file, log or sequence number is damaged', () => {
  expect(tablesOf(asLog([comparator]))).toBe('damaged')
  expect(tablesOf(real.subarray(0, tableRecordEnd))).toBe('damaged')
  expect(tablesOf(asLog([Buffer.concat([comparator, varints(2, 4, 3, 9)])]))).toBe('damaged')
  expect(tablesOf(asLog([Buffer.concat([comparator, varints(2, 4, 3, 9, 4, 0)])]))).toEqual({})
})

test('Nothing that is no MANIFEST is taken for one, or ends the reading', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      expect(readManifestTables(bytes, 500_000).kind).toBe('unknown')
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 5 }), (records) => {
      expect(['tables', 'unknown']).toContain(
        readManifestTables(asLog([beginning, ...records]), 500_000).kind,
      )
    }),
  )
})
