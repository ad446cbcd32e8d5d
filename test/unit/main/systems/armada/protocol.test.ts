import { describe, expect, it } from 'vitest'
import { methodsOf } from '../../../../../src/main/adapters/grpc/methods.ts'
import { armadaProtocol } from '../../../../../src/main/systems/armada/protocol.ts'

const methods = methodsOf(armadaProtocol)
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const bytes = (text: string): Buffer => Buffer.from(text)

/** The bytes are written by hand from the numbers and types of armada's protocol files. */
describe('the protocol of armada', () => {
  it.each([
    ['maintenance.v1.Maintenance/Backup', { table: bytes('t') }, '0a 01 74'],
    ['maintenance.v1.Maintenance/Restore', { info: { table: bytes('t') } }, '0a 03 0a0174'],
    [
      'maintenance.v1.Maintenance/Restore',
      { info: { table: bytes('t'), format: 'f' } },
      '0a 06 0a0174 120166',
    ],
    ['maintenance.v1.Maintenance/Restore', { chunk: { data: bytes('d'), len: '1' } }, '12 05 0a0164 1001'],
    ['maintenance.v1.Maintenance/Reset', { table: bytes('t'), reset_all: true }, '0a 01 74 10 01'],
    ['regatta.v1.Cluster/Status', { config: true }, '20 01'],
    ['regatta.v1.Cluster/MemberList', {}, ''],
    ['regatta.v1.Tables/Create', { name: 't' }, '0a 01 74'],
    ['regatta.v1.Tables/List', {}, ''],
    [
      'regatta.v1.KV/Range',
      {
        table: bytes('t'),
        key: Buffer.from([0]),
        range_end: Buffer.from([0]),
        limit: '1',
        linearizable: true,
        keys_only: true,
        count_only: true,
      },
      '0a0174 120100 1a0100 2001 2801 3001 3801',
    ],
    [
      'regatta.v1.KV/Put',
      { table: bytes('t'), key: bytes('k'), value: bytes('v'), prev_kv: true },
      '0a0174 12016b 1a0176 2001',
    ],
    ['regatta.v1.Metrics/GetMetrics', { format: 'f' }, '0a 01 66'],
  ])('asks %s in its bytes', (name, request, wanted) => {
    expect(methods.get(`/${name}`)?.encode(request).toString('hex')).toBe(wanted.replaceAll(' ', ''))
  })

  const header = '0a 0a 0801 1002 1803 2004 2805'
  const headerRead = { shard_id: '1', replica_id: '2', revision: '3', raft_term: '4', raft_leader_id: '5' }

  it.each([
    ['maintenance.v1.Maintenance/Backup', '0a0164 1001 1807', { data: bytes('d'), len: '1', index: '7' }],
    ['maintenance.v1.Maintenance/Restore', '', {}],
    ['maintenance.v1.Maintenance/Reset', '', {}],
    [
      'regatta.v1.Cluster/MemberList',
      '0a0163 12 0c 0a0169 12016e 1a0170 220175',
      { cluster: 'c', members: [{ id: 'i', name: 'n', peerURLs: ['p'], clientURLs: ['u'] }] },
    ],
    [
      'regatta.v1.Cluster/Status',
      '0a0169 120176 1a016e 22 0e 0a0174 1209 22016c 2805 3006 3807 2a 0a 0a08 0a016b 1203 1a0173 420165',
      {
        id: 'i',
        version: 'v',
        info: 'n',
        tables: { t: { leader: 'l', raftIndex: '5', raftTerm: '6', raftAppliedIndex: '7' } },
        config: { fields: { k: { string_value: 's', kind: 'string_value' } } },
        errors: ['e'],
      },
    ],
    ['regatta.v1.Tables/Create', '0a 01 31', { id: '1' }],
    ['regatta.v1.Tables/List', '0a 06 0a0174 120131', { tables: [{ name: 't', id: '1' }] }],
    [
      'regatta.v1.KV/Range',
      `${header} 1a 0a 0a016b 1001 1802 220176 2001 2809`,
      {
        header: headerRead,
        kvs: [{ key: bytes('k'), create_revision: '1', mod_revision: '2', value: bytes('v') }],
        more: true,
        count: '9',
      },
    ],
    ['regatta.v1.KV/Put', header, { header: headerRead, prev_kv: null }],
    ['regatta.v1.Metrics/GetMetrics', '0a016d 1005', { metrics_data: 'm', timestamp: '5' }],
  ])('reads what %s answers', (name, given, reply) => {
    expect(methods.get(`/${name}`)?.decode(hex(given))).toEqual(reply)
  })

  it('streams where the server does', () => {
    const streams = [...methods].filter(([, method]) => method.isRequestStream || method.isResponseStream)
    expect(streams.map(([path, { isRequestStream }]) => `${path} ${isRequestStream ? 'in' : 'out'}`)).toEqual(
      [
        '/maintenance.v1.Maintenance/Backup out',
        '/maintenance.v1.Maintenance/Restore in',
        '/regatta.v1.KV/IterateRange out',
        '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo out',
        '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo out',
      ],
    )
  })
})
