import type { GrpcProtocol } from '../../ports/grpc-client.ts'

/**
 * What Holdfast says to kiseki's data port (9100), no more. Names, numbers and types: kiseki source, kiseki/v1/{admin,storage_admin,
 * log,key,control,common}.proto. None of these services asks who calls (source: runtime.rs); the port has no reflection (source).
 */
export const kisekiProtocol: GrpcProtocol = {
  nested: {
    kiseki: {
      nested: {
        v1: {
          nested: {
            /** Source: each node answers for itself, and its list never tells of an error of its bucket. */
            AdminService: {
              methods: {
                CreateSnapshot: {
                  requestType: 'CreateSnapshotRequest',
                  responseType: 'CreateSnapshotResponse',
                },
                /** Source (admin_grpc.rs): reads and counts, and writes nothing anywhere. */
                RestoreSnapshot: {
                  requestType: 'RestoreSnapshotRequest',
                  responseType: 'RestoreSnapshotResponse',
                },
                ListSnapshots: { requestType: 'ListSnapshotsRequest', responseType: 'ListSnapshotsResponse' },
              },
            },
            CreateSnapshotRequest: { fields: {} },
            CreateSnapshotResponse: {
              fields: {
                snapshot_id: { type: 'string', id: 1 },
                metadata_bytes: { type: 'uint64', id: 2 },
                data_bytes: { type: 'uint64', id: 3 },
                shard_count: { type: 'uint64', id: 4 },
                created_at: { type: 'string', id: 5 },
                elapsed_millis: { type: 'uint64', id: 6 },
              },
            },
            RestoreSnapshotRequest: { fields: { snapshot_id: { type: 'string', id: 1 } } },
            RestoreSnapshotResponse: { fields: { shard_count: { type: 'uint64', id: 1 } } },
            ListSnapshotsRequest: { fields: {} },
            ListSnapshotsResponse: {
              fields: { snapshots: { rule: 'repeated', type: 'SnapshotInfo', id: 1 } },
            },
            SnapshotInfo: {
              fields: {
                snapshot_id: { type: 'string', id: 1 },
                metadata_bytes: { type: 'uint64', id: 2 },
                data_bytes: { type: 'uint64', id: 3 },
                shard_count: { type: 'uint64', id: 4 },
                created_at: { type: 'string', id: 5 },
              },
            },

            StorageAdminService: {
              methods: {
                ClusterStatus: { requestType: 'ClusterStatusRequest', responseType: 'AdminClusterStatus' },
                TriggerScrub: { requestType: 'TriggerScrubRequest', responseType: 'TriggerScrubResponse' },
                RepairChunk: { requestType: 'AdminRepairChunkRequest', responseType: 'RepairChunkResponse' },
                ListRepairs: { requestType: 'ListRepairsRequest', responseType: 'ListRepairsResponse' },
              },
            },
            ClusterStatusRequest: { fields: {} },
            /** Source (storage_admin.rs): `node_count` is what was configured, `leader_node` whoever was asked; no measure of health. */
            AdminClusterStatus: {
              fields: {
                node_count: { type: 'uint32', id: 1 },
                shard_count: { type: 'uint32', id: 2 },
                pool_count: { type: 'uint32', id: 3 },
                total_capacity_bytes: { type: 'uint64', id: 4 },
                used_capacity_bytes: { type: 'uint64', id: 5 },
                maintenance_mode: { type: 'bool', id: 6 },
                leader_node: { type: 'string', id: 7 },
                sampled_at: { type: 'string', id: 8 },
              },
            },
            TriggerScrubRequest: { fields: { pool_name: { type: 'string', id: 1 } } },
            TriggerScrubResponse: { fields: { scrub_id: { type: 'string', id: 1 } } },
            AdminRepairChunkRequest: { fields: { chunk_id_hex: { type: 'string', id: 1 } } },
            RepairChunkResponse: {
              fields: { repair_id: { type: 'string', id: 1 }, already_healthy: { type: 'bool', id: 2 } },
            },
            ListRepairsRequest: { fields: { limit: { type: 'uint32', id: 1 } } },
            ListRepairsResponse: {
              fields: { repairs: { rule: 'repeated', type: 'RepairRecord', id: 1 } },
            },
            RepairRecord: {
              fields: {
                repair_id: { type: 'string', id: 1 },
                chunk_id_hex: { type: 'string', id: 2 },
                trigger: { type: 'string', id: 3 },
                state: { type: 'string', id: 4 },
                started_at: { type: 'string', id: 5 },
                finished_at: { type: 'string', id: 6 },
                detail: { type: 'string', id: 7 },
              },
            },

            LogService: {
              methods: {
                ShardHealth: { requestType: 'ShardHealthRequest', responseType: 'ShardHealthResponse' },
                /** Source: goes through Raft, on the leader alone, and waits without end where there is no quorum. */
                SetMaintenance: {
                  requestType: 'SetMaintenanceRequest',
                  responseType: 'SetMaintenanceResponse',
                },
              },
            },
            ShardHealthRequest: { fields: { shard_id: { type: 'ShardId', id: 1 } } },
            ShardHealthResponse: { fields: { info: { type: 'ShardInfo', id: 1 } } },
            SetMaintenanceRequest: {
              fields: { shard_id: { type: 'ShardId', id: 1 }, enabled: { type: 'bool', id: 2 } },
            },
            SetMaintenanceResponse: { fields: {} },
            /** Without the fields that are never filled (source: grpc.rs): namespace_id 3 and those of splits, 8 to 10. */
            ShardInfo: {
              fields: {
                shard_id: { type: 'ShardId', id: 1 },
                tenant_id: { type: 'OrgId', id: 2 },
                raft_members: { rule: 'repeated', type: 'NodeId', id: 4 },
                leader: { type: 'NodeId', id: 5 },
                tip: { type: 'uint64', id: 6 },
                state: { type: 'ShardState', id: 7 },
              },
            },
            /** Source: 6 (merging) and 7 (retiring) are sent too and have no name; they arrive as numbers. */
            ShardState: {
              values: {
                SHARD_STATE_UNSPECIFIED: 0,
                SHARD_STATE_HEALTHY: 1,
                SHARD_STATE_ELECTION: 2,
                SHARD_STATE_QUORUM_LOST: 3,
                SHARD_STATE_SPLITTING: 4,
                SHARD_STATE_MAINTENANCE: 5,
              },
            },

            KeyManagerService: {
              methods: {
                CurrentEpoch: { requestType: 'CurrentEpochRequest', responseType: 'CurrentEpochResponse' },
                Health: { requestType: 'KeyManagerHealthRequest', responseType: 'KeyManagerHealthResponse' },
              },
            },
            CurrentEpochRequest: { fields: {} },
            CurrentEpochResponse: {
              fields: {
                current: { type: 'KeyEpoch', id: 1 },
                retained: { rule: 'repeated', type: 'KeyEpoch', id: 2 },
              },
            },
            KeyManagerHealthRequest: { fields: {} },
            KeyManagerHealthResponse: {
              fields: {
                current_epoch: { type: 'KeyEpoch', id: 1 },
                raft_members: { rule: 'repeated', type: 'uint64', id: 2 },
                leader: { type: 'uint64', id: 3 },
                healthy: { type: 'bool', id: 4 },
              },
            },

            ControlService: {
              methods: {
                ListPeers: { requestType: 'ListPeersRequest', responseType: 'ListPeersResponse' },
              },
            },
            ListPeersRequest: { fields: {} },
            ListPeersResponse: {
              fields: { peers: { rule: 'repeated', type: 'FederationPeer', id: 1 } },
            },
            /** Source (federation.rs): an address book; nothing ever asks a peer how it is. */
            FederationPeer: {
              fields: {
                peer_id: { type: 'string', id: 1 },
                site_name: { type: 'string', id: 2 },
                endpoint: { type: 'string', id: 3 },
                status: { type: 'string', id: 4 },
              },
            },

            ShardId: { fields: { value: { type: 'string', id: 1 } } },
            OrgId: { fields: { value: { type: 'string', id: 1 } } },
            NodeId: { fields: { value: { type: 'uint64', id: 1 } } },
            KeyEpoch: { fields: { value: { type: 'uint64', id: 1 } } },
          },
        },
      },
    },
  },
}
