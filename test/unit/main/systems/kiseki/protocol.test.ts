import { describe, expect, it } from 'vitest'
import { methodsOf } from '../../../../../src/main/adapters/grpc/methods.ts'
import { kisekiProtocol } from '../../../../../src/main/systems/kiseki/protocol.ts'

const methods = methodsOf(kisekiProtocol)
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** The bytes are written by hand from the numbers and types of kiseki's protocol files. */
describe('the protocol of kiseki', () => {
  it.each([
    ['AdminService/CreateSnapshot', {}, ''],
    ['AdminService/RestoreSnapshot', { snapshot_id: 'ab' }, '0a 02 6162'],
    ['StorageAdminService/TriggerScrub', { pool_name: 'p' }, '0a 01 70'],
    ['StorageAdminService/RepairChunk', { chunk_id_hex: 'ff' }, '0a 02 6666'],
    ['StorageAdminService/ListRepairs', { limit: 300 }, '08 ac02'],
    ['LogService/ShardHealth', { shard_id: { value: 's' } }, '0a 03 0a0173'],
    ['LogService/SetMaintenance', { shard_id: { value: 's' }, enabled: true }, '0a 03 0a0173 10 01'],
    ['KeyManagerService/CurrentEpoch', {}, ''],
    ['ControlService/ListPeers', {}, ''],
  ])('asks %s in its bytes', (name, request, bytes) => {
    expect(methods.get(`/kiseki.v1.${name}`)?.encode(request).toString('hex')).toBe(bytes.replaceAll(' ', ''))
  })

  it.each([
    [
      'AdminService/CreateSnapshot',
      '0a 01 61 10 01 18 02 20 03 2a 01 62 30 04',
      {
        snapshot_id: 'a',
        metadata_bytes: '1',
        data_bytes: '2',
        shard_count: '3',
        created_at: 'b',
        elapsed_millis: '4',
      },
    ],
    ['AdminService/RestoreSnapshot', '08 05', { shard_count: '5' }],
    [
      'AdminService/ListSnapshots',
      '0a 0c 0a 01 61 10 01 18 02 20 03 2a 01 62',
      {
        snapshots: [
          { snapshot_id: 'a', metadata_bytes: '1', data_bytes: '2', shard_count: '3', created_at: 'b' },
        ],
      },
    ],
    [
      'StorageAdminService/ClusterStatus',
      '08 01 10 02 18 03 20 04 28 05 30 01 3a 01 6e 42 01 74',
      {
        node_count: 1,
        shard_count: 2,
        pool_count: 3,
        total_capacity_bytes: '4',
        used_capacity_bytes: '5',
        maintenance_mode: true,
        leader_node: 'n',
        sampled_at: 't',
      },
    ],
    ['StorageAdminService/TriggerScrub', '0a 01 73', { scrub_id: 's' }],
    ['StorageAdminService/RepairChunk', '0a 01 72 10 01', { repair_id: 'r', already_healthy: true }],
    [
      'StorageAdminService/ListRepairs',
      '0a 15 0a0161 120162 1a0163 220164 2a0165 320166 3a0167',
      {
        repairs: [
          {
            repair_id: 'a',
            chunk_id_hex: 'b',
            trigger: 'c',
            state: 'd',
            started_at: 'e',
            finished_at: 'f',
            detail: 'g',
          },
        ],
      },
    ],
    [
      'LogService/ShardHealth',
      '0a 16 0a030a0173 12030a0174 22020801 2a020801 3009 3801',
      {
        info: {
          shard_id: { value: 's' },
          tenant_id: { value: 't' },
          raft_members: [{ value: '1' }],
          leader: { value: '1' },
          tip: '9',
          state: 'SHARD_STATE_HEALTHY',
        },
      },
    ],
    [
      'KeyManagerService/CurrentEpoch',
      '0a 02 0802 12 02 0801',
      { current: { value: '2' }, retained: [{ value: '1' }] },
    ],
    [
      'KeyManagerService/Health',
      '0a 02 0801 12 02 0102 18 01 20 01',
      { current_epoch: { value: '1' }, raft_members: ['1', '2'], leader: '1', healthy: true },
    ],
    [
      'ControlService/ListPeers',
      '0a 0c 0a0161 120162 1a0163 220164',
      { peers: [{ peer_id: 'a', site_name: 'b', endpoint: 'c', status: 'd' }] },
    ],
  ])('reads what %s answers', (name, bytes, reply) => {
    expect(methods.get(`/kiseki.v1.${name}`)?.decode(hex(bytes))).toEqual(reply)
  })
})
