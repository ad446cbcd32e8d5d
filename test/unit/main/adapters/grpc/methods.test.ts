import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { methodsOf, type GrpcMethod } from '../../../../../src/main/adapters/grpc/methods.ts'
import { armadaProtocol } from '../../../../../src/main/systems/armada/protocol.ts'
import { kisekiProtocol } from '../../../../../src/main/systems/kiseki/protocol.ts'
import { seededRandom } from '../../../../lab/seeded.ts'
import { tries } from '../../../../support/tries.ts'

const methods = new Map([...methodsOf(armadaProtocol), ...methodsOf(kisekiProtocol)])

function method(path: string): GrpcMethod {
  const found = methods.get(path)
  if (found === undefined) throw new Error(`no ${path}`)
  return found
}

describe('bytes that a server sends', () => {
  it('become a message or an error, whatever they are', () => {
    const random = seededRandom('noise')
    let messages = 0
    let errors = 0
    for (const { decode } of methods.values()) {
      for (let turn = 0; turn < tries(2_000); turn += 1) {
        const bytes = Buffer.from(random.bytes(turn % 48))
        // Mostly fields that are known, so that the walk goes deeper than the first byte.
        if (bytes.length > 0 && turn % 3 > 0) bytes[0] = (((turn % 9) + 1) << 3) | (turn % 2 === 0 ? 2 : 0)
        try {
          expect(decode(bytes)).toBeTypeOf('object')
          messages += 1
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
          errors += 1
        }
      }
    }
    expect(Math.min(messages, errors)).toBeGreaterThan(100)
    expect(Reflect.ownKeys(Object.prototype)).not.toContain('leader')
  })

  it.each([
    ['empty tables', '/regatta.v1.Tables/List', repeated([0x0a, 0])],
    ['empty names', '/regatta.v1.Cluster/Status', repeated([0x42, 0])],
    [
      'members of a quorum, packed',
      '/kiseki.v1.KeyManagerService/Health',
      field(2, Buffer.alloc(200_000, 1)),
    ],
    ['names in one member', '/regatta.v1.Cluster/MemberList', field(2, repeated([0x1a, 0]))],
    [
      'values in a list of the configuration',
      '/regatta.v1.Cluster/Status',
      field(5, field(1, field(2, field(6, repeated([0x0a, 0]))))),
    ],
  ])('are refused where they make too many objects: %s', (_, path, bytes) => {
    expect(() => method(path).decode(bytes)).toThrow('more than 100000 fields')
  })

  it('are not counted where they are one value', () => {
    const data = Buffer.alloc(1 << 20, 0x0a)
    expect(method('/maintenance.v1.Maintenance/Backup').decode(field(1, data))).toMatchObject({ len: '0' })
    const text = Buffer.alloc(1 << 20, 'a')
    expect(method('/regatta.v1.Metrics/GetMetrics').decode(field(1, text))).toMatchObject({ timestamp: '0' })
  })

  it('are refused where messages lie in messages without end', () => {
    let value: Buffer = Buffer.alloc(0)
    for (let depth = 0; depth < 5_000; depth += 1) value = field(6, field(1, value))
    expect(() => method('/regatta.v1.Cluster/Status').decode(field(5, field(1, field(2, value))))).toThrow()
  })

  it.each([
    ['a field beyond the end', Buffer.from([0x0a, 0x7f, 0x01])],
    ['a group', Buffer.from([0x0b, 0x0c])],
    ['a number without an end', Buffer.alloc(12, 0xff)],
  ])('are refused: %s', (_, bytes) => {
    expect(() => method('/regatta.v1.Tables/List').decode(bytes)).toThrow()
  })

  it('keep a table called __proto__ as a table', () => {
    const entry = Buffer.concat([field(1, Buffer.from('__proto__')), field(2, field(4, Buffer.from('evil')))])
    const { tables } = method('/regatta.v1.Cluster/Status').decode(field(4, entry))
    expect(Object.entries(Object(tables))).toEqual([
      ['__proto__', { leader: 'evil', raftIndex: '0', raftTerm: '0', raftAppliedIndex: '0' }],
    ])
    expect(Reflect.get({}, 'leader')).toBeUndefined()
  })

  it('of an enumeration beyond its names stay numbers', () => {
    const reply = method('/kiseki.v1.LogService/ShardHealth').decode(field(1, Buffer.from([0x38, 6])))
    expect(reply).toMatchObject({ info: { state: 6 } })
  })
})

describe('protobufjs', () => {
  it('is no older than 7.5.8, which runs no code that a descriptor names (CVE-2026-41242)', () => {
    const ofLoader = createRequire(createRequire(import.meta.url).resolve('@grpc/proto-loader'))
    const text = readFileSync(ofLoader.resolve('protobufjs/package.json'), 'utf8')
    const version = /"version": "(\d+)\.(\d+)\.(\d+)"/.exec(text)?.slice(1).map(Number) ?? []
    const [major = 0, minor = 0, patch = 0] = version
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(7_005_008)
  })
})

function repeated(bytes: readonly number[]): Buffer {
  return Buffer.concat(Array.from({ length: 100_001 }, () => Buffer.from(bytes)))
}

/** A field of bytes, with its number and its length before it. */
function field(number: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(value.length), value])
}

function varint(value: number): Buffer {
  const digits: number[] = []
  let rest = value
  for (; rest > 127; rest >>>= 7) digits.push((rest & 127) | 128)
  return Buffer.from([...digits, rest])
}
