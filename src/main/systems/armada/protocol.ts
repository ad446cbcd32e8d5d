import type { GrpcProtocol } from '../../ports/grpc-client.ts'

/**
 * What is used of armada's gRPC (source: maintenance.proto, replication.proto, armada.proto). The package of the cluster is
 * `regatta.v1`, whatever the file is called. A table's name is bytes in Maintenance and KV, and text in Tables.
 */
export const armadaProtocol: GrpcProtocol = {
  nested: {
    maintenance: {
      nested: {
        v1: {
          nested: {
            Maintenance: {
              methods: {
                Backup: {
                  requestType: 'BackupRequest',
                  responseType: 'replication.v1.SnapshotChunk',
                  responseStream: true,
                },
                Reset: { requestType: 'ResetRequest', responseType: 'ResetResponse' },
              },
            },
            BackupRequest: { fields: { table: { id: 1, type: 'bytes' } } },
            ResetRequest: {
              fields: { table: { id: 1, type: 'bytes' }, reset_all: { id: 2, type: 'bool' } },
            },
            ResetResponse: { fields: {} },
          },
        },
      },
    },
    replication: {
      nested: {
        v1: {
          nested: {
            SnapshotChunk: {
              fields: {
                data: { id: 1, type: 'bytes' },
                len: { id: 2, type: 'uint64' },
                index: { id: 3, type: 'uint64' },
              },
            },
          },
        },
      },
    },
    regatta: {
      nested: {
        v1: {
          nested: {
            Cluster: {
              methods: {
                MemberList: { requestType: 'MemberListRequest', responseType: 'MemberListResponse' },
                Status: { requestType: 'StatusRequest', responseType: 'StatusResponse' },
              },
            },
            MemberListRequest: { fields: {} },
            MemberListResponse: {
              fields: {
                cluster: { id: 1, type: 'string' },
                members: { id: 2, type: 'Member', rule: 'repeated' },
              },
            },
            Member: {
              fields: {
                id: { id: 1, type: 'string' },
                name: { id: 2, type: 'string' },
                peerURLs: { id: 3, type: 'string', rule: 'repeated' },
                clientURLs: { id: 4, type: 'string', rule: 'repeated' },
              },
            },
            StatusRequest: { fields: { config: { id: 4, type: 'bool' } } },
            StatusResponse: {
              fields: {
                id: { id: 1, type: 'string' },
                version: { id: 2, type: 'string' },
                info: { id: 3, type: 'string' },
                tables: { id: 4, type: 'TableStatus', keyType: 'string' },
                errors: { id: 8, type: 'string', rule: 'repeated' },
              },
            },
            TableStatus: {
              fields: {
                leader: { id: 4, type: 'string' },
                raftIndex: { id: 5, type: 'uint64' },
                raftTerm: { id: 6, type: 'uint64' },
                raftAppliedIndex: { id: 7, type: 'uint64' },
              },
            },
            Tables: {
              methods: { List: { requestType: 'ListTablesRequest', responseType: 'ListTablesResponse' } },
            },
            ListTablesRequest: { fields: {} },
            ListTablesResponse: {
              fields: { tables: { id: 1, type: 'TableInfo', rule: 'repeated' } },
            },
            TableInfo: {
              fields: { name: { id: 1, type: 'string' }, id: { id: 2, type: 'string' } },
            },
          },
        },
      },
    },
  },
}
