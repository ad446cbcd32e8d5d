import type { GrpcProtocol } from '../../ports/grpc-client.ts'

/**
 * What is used of kiseki's gRPC, package `kiseki.v1` (source: admin.proto). The storage service's figures are not asked for: by the source
 * they are configuration or constants.
 */
export const kisekiProtocol: GrpcProtocol = {
  nested: {
    kiseki: {
      nested: {
        v1: {
          nested: {
            AdminService: {
              methods: {
                CreateSnapshot: {
                  requestType: 'CreateSnapshotRequest',
                  responseType: 'CreateSnapshotResponse',
                },
                ListSnapshots: { requestType: 'ListSnapshotsRequest', responseType: 'ListSnapshotsResponse' },
                RestoreSnapshot: {
                  requestType: 'RestoreSnapshotRequest',
                  responseType: 'RestoreSnapshotResponse',
                },
              },
            },
            CreateSnapshotRequest: { fields: {} },
            CreateSnapshotResponse: {
              fields: {
                snapshot_id: { id: 1, type: 'string' },
                metadata_bytes: { id: 2, type: 'uint64' },
                data_bytes: { id: 3, type: 'uint64' },
                shard_count: { id: 4, type: 'uint64' },
                created_at: { id: 5, type: 'string' },
                elapsed_millis: { id: 6, type: 'uint64' },
              },
            },
            ListSnapshotsRequest: { fields: {} },
            ListSnapshotsResponse: {
              fields: { snapshots: { id: 1, type: 'SnapshotInfo', rule: 'repeated' } },
            },
            SnapshotInfo: {
              fields: {
                snapshot_id: { id: 1, type: 'string' },
                metadata_bytes: { id: 2, type: 'uint64' },
                data_bytes: { id: 3, type: 'uint64' },
                shard_count: { id: 4, type: 'uint64' },
                created_at: { id: 5, type: 'string' },
              },
            },
            RestoreSnapshotRequest: { fields: { snapshot_id: { id: 1, type: 'string' } } },
            RestoreSnapshotResponse: { fields: { shard_count: { id: 1, type: 'uint64' } } },
          },
        },
      },
    },
  },
}
