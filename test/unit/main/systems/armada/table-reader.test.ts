import { describe, expect, test } from 'vitest'
import { createTableReader, tableLimits } from '../../../../../src/main/systems/armada/table-reader.ts'
import { endRecord, putRecord } from '../../../../../src/main/systems/armada/record-writer.ts'
import { compressedFileOf, factsOf, fileOf, problemsOf } from './fixture.ts'

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8')
const put = (key: string, value = 'v', leaderIndex?: bigint): Uint8Array =>
  putRecord({
    table: 't',
    key: utf8(key),
    value: utf8(value),
    ...(leaderIndex !== undefined && { leaderIndex }),
  })

/** A record of these bytes, with the length that it says it has. */
function raw(command: readonly number[], length = BigInt(command.length)): Uint8Array {
  const head = Buffer.alloc(8)
  head.writeBigUInt64LE(length)
  return Buffer.concat([head, Buffer.from(command)])
}

describe('The file of an armada table', () => {
  test('is counted: records, keys, bytes, and the table that they are of', async () => {
    const file = await fileOf(put('a', 'one'), put('b', ''), put('c', 'three'))
    expect(factsOf(file)).toEqual({
      format: 'armada-walk/1',
      complete: true,
      records: 3,
      keys: 3,
      plainBytes: put('a', 'one').byteLength + put('b', '').byteLength + put('c', 'three').byteLength,
      keyBytes: 3,
      valueBytes: 8,
      tables: [{ name: 't', records: 3 }],
      withoutTable: 0,
      outOfOrder: 0,
      repeated: 0,
      withLeaderIndex: 0,
      endLeaderIndex: null,
      longestRecordBytes: put('c', 'three').byteLength - 8,
      problems: [],
    })
  })

  test('says the same however it is cut, over chunks and through records', async () => {
    const records = Array.from({ length: 40 }, (_, at) =>
      putRecord({
        table: 't',
        key: utf8(String(at).padStart(3, '0')),
        value: new Uint8Array(at * 400).fill(at),
      }),
    )
    for (const file of [await fileOf(...records), await compressedFileOf(...records)]) {
      const whole = factsOf(file)
      expect(whole).toMatchObject({ complete: true, records: 40, keys: 40, problems: [] })
      for (const pieceBytes of [1, 13, 65_536]) expect(factsOf(file, pieceBytes)).toEqual(whole)
    }
  })

  test('takes the longest keys and values that a table takes, and none longer', async () => {
    const { keyBytes, valueBytes } = tableLimits
    const of = (keySize: number, valueSize: number): Uint8Array =>
      putRecord({ table: 't', key: new Uint8Array(keySize).fill(65), value: new Uint8Array(valueSize) })
    expect(problemsOf(await fileOf(of(keyBytes, valueBytes)))).toEqual([])
    expect(problemsOf(await fileOf(of(keyBytes + 1, 1)))).toEqual([
      "archive.malformed: Record 1 of the table's file has a key of 1025 bytes; a table takes at most 1024.",
    ])
    expect(problemsOf(await fileOf(of(1, valueBytes + 1)))).toEqual([
      "archive.malformed: Record 1 of the table's file has a value of 2097153 bytes; a table takes at most 2097152.",
    ])
  })

  test.each([
    ['no key-value', raw([0x0a, 1, 116]), 'has no key'],
    ['an empty key', raw([0x0a, 1, 116, 0x1a, 3, 0x22, 1, 118]), 'has no key'],
    ['nothing at all', raw([]), 'has no key'],
    ['another type', raw([0x0a, 1, 116, 0x10, 1, 0x1a, 3, 0x0a, 1, 97]), 'is DELETE; a backup has only PUT'],
    ['an unknown type', raw([0x10, 0x63]), 'is of an unknown type'],
    [
      'a type of 64 bits',
      raw([0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
      'is of an unknown type',
    ],
    ['a cut field', raw([0x0a, 5, 116]), 'is no command: a field of it is cut'],
    ['a cut number', raw([0x10, 0x80]), 'is no command: a number in it is cut or too long'],
    [
      'a number too long',
      raw([0x10, ...Array<number>(10).fill(0x80), 1]),
      'is no command: a number in it is cut',
    ],
    [
      'a number of 70 bits',
      raw([0x10, ...Array<number>(9).fill(0xff), 2]),
      'is no command: a number in it is cut',
    ],
    ['a field without a number', raw([0x02, 0]), 'is no command: a field of it has no number'],
    ['a group', raw([0x3b, 0x3c]), 'is no command: a field of it is of no known type'],
    ['a table that is a number', raw([0x08, 1]), 'is no command: a field of it is not of its type'],
    ['a key that is a number', raw([0x1a, 2, 0x08, 1]), 'is no command: a field of it is not of its type'],
    ['a key-value cut inside', raw([0x1a, 2, 0x0a, 9]), 'is no command: a field of it is cut'],
    [
      'a key that leads out of its key-value',
      raw([0x1a, 2, 0x0a, 3, 97, 97, 97]),
      'is no command: a field of it is cut',
    ],
  ])('with a record of %s is damaged there, and read on', async (_, record, why) => {
    const file = await fileOf(put('a'), record, put('b'))
    const { complete, problems, records } = factsOf(file)
    expect(complete).toBe(true)
    expect(records).toBe(3)
    expect(problems.map(({ code }) => code)).toEqual(['archive.malformed'])
    expect(problems[0]?.message).toContain(`Record 2 of the table's file ${why}`)
  })

  test('steps over fields that it does not know, as protobuf does', async () => {
    const kv = [0x1a, 14, 0x0a, 1, 97, 0x10, 7, 0x18, 9, 0x22, 1, 118, 0x2a, 0]
    const unknown = [0xfa, 1, 1, 0, 0x7d, 1, 2, 3, 4, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x78, 0x80, 1]
    const file = await fileOf(
      raw([0x0a, 1, 116, ...kv.slice(0, 1), kv.length - 2, ...kv.slice(2), ...unknown]),
    )
    expect(factsOf(file)).toMatchObject({ keys: 1, valueBytes: 1, problems: [] })
  })

  test('merges a key-value that comes twice, as protobuf does', async () => {
    const file = await fileOf(raw([0x0a, 1, 116, 0x1a, 3, 0x0a, 1, 97, 0x1a, 4, 0x22, 2, 118, 118]))
    expect(factsOf(file)).toMatchObject({ keys: 1, keyBytes: 1, valueBytes: 2, problems: [] })
  })

  test.each([
    [4_194_305n, '4194305'],
    [2n ** 32n, '4294967296'],
    [2n ** 64n - 1n, '18446744073709551615'],
  ])('with a record of %d bytes is not read on: a server that does stops', async (length, text) => {
    const { complete, problems, records } = factsOf(await fileOf(put('a'), raw([1, 2, 3], length), put('b')))
    expect({ complete, records }).toEqual({ complete: false, records: 1 })
    expect(problems).toEqual([
      {
        code: 'archive.malformed',
        count: 1,
        message: `Record 2 of the table's file says that it has ${text} bytes; a server that reads more than 4194304 stops.`,
      },
    ])
  })

  test('that ends within a record, or within its length, ends early', async () => {
    const record = put('b', 'value')
    for (let cut = 1; cut < record.byteLength; cut += 1) {
      const { complete, problems, keys } = factsOf(await fileOf(put('a'), record.subarray(0, cut)))
      expect({ complete, keys }).toEqual({ complete: false, keys: 1 })
      expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
        "archive.truncated The table's file ends early, within record 2.",
      ])
    }
  })

  test('is counted where keys repeat or are out of order', async () => {
    const file = await fileOf(put('a'), put('b'), put('b', 'w'), put('ab'), put('c'), put('ca'))
    expect(factsOf(file)).toMatchObject({ records: 6, keys: 5, repeated: 1, outOfOrder: 1, problems: [] })
    const bytes = [[0x7f], [0x80], [0xff, 0], [0xff, 1]].map((key) =>
      putRecord({ table: 't', key: Uint8Array.from(key), value: new Uint8Array() }),
    )
    expect(factsOf(await fileOf(...bytes))).toMatchObject({ keys: 4, outOfOrder: 0 })
  })

  test('tells the tables apart that its records name', async () => {
    const of = (table: string): Uint8Array => putRecord({ table, key: utf8('k'), value: utf8('v') })
    const noText = raw([0x0a, 2, 0xff, 0xfe, 0x1a, 3, 0x0a, 1, 97])
    const file = await fileOf(
      of('t'),
      of('tt'),
      noText,
      of(''),
      of('t'),
      of('x'.repeat(300)),
      of('y'),
      of('z'),
    )
    expect(factsOf(file)).toMatchObject({
      withoutTable: 1,
      tables: [
        { name: 't', records: 2 },
        { name: 'tt', records: 1 },
        { name: null, records: 1 },
        { name: null, records: 1 },
      ],
    })
  })

  test('tells of the same flaw once, with how often it was met', async () => {
    const { problems } = factsOf(await fileOf(...Array.from({ length: 5 }, () => raw([0x0a, 1, 116]))))
    expect(problems).toEqual([
      { code: 'archive.malformed', message: "Record 1 of the table's file has no key.", count: 5 },
    ])
  })

  test('hands each record on while it is read', async () => {
    const keys: string[] = []
    const reader = createTableReader(({ bytes, keyStart, keyEnd }) => {
      keys.push(Buffer.from(bytes.subarray(keyStart, keyEnd)).toString())
    })
    reader.push(await fileOf(put('a'), put('b')))
    expect(keys).toEqual(['a', 'b'])
    expect(reader.isBroken).toBe(false)
  })
})

describe('The newer form of a table’s file', () => {
  test('ends with a record that carries the leader index', async () => {
    const index = 2n ** 63n + 5n
    const file = await fileOf(put('a', 'v', 7n), put('b', 'v', index), endRecord('t', index))
    expect(factsOf(file)).toMatchObject({
      records: 3,
      keys: 2,
      withLeaderIndex: 2,
      endLeaderIndex: '9223372036854775813',
      problems: [],
    })
    expect(factsOf(await fileOf(endRecord('t', 0n)))).toMatchObject({
      keys: 0,
      endLeaderIndex: '0',
      problems: [],
    })
  })

  test.each([
    [
      'a record after it',
      [endRecord('t', 9n), put('a')],
      "Record 2 of the table's file comes after the record that ends it",
    ],
    ['a second one', [endRecord('t', 9n), endRecord('t', 9n)], "Record 2 of the table's file comes after"],
    ['a key in it', [raw([0x10, 2, 0x1a, 3, 0x0a, 1, 97, 0x28, 9])], 'ends it, but holds data'],
    ['a batch in it', [raw([0x10, 2, 0x28, 9, 0x32, 0])], 'ends it, but holds data'],
    ['no leader index', [raw([0x10, 2])], 'ends it, but without a leader index'],
    [
      'an index behind that of a record',
      [put('a', 'v', 2n ** 40n), endRecord('t', 2n ** 40n - 1n)],
      'below that of a record',
    ],
  ])('is damaged with %s', async (_, records, why) => {
    expect(problemsOf(await fileOf(...records)).join(' ')).toContain(why)
  })
})
