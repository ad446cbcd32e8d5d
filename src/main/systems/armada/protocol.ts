import type { GrpcProtocol } from '../../ports/grpc-client.ts'
import { reflection } from './reflection.ts'

/**
 * What Holdfast says to armada's API port (8443), no more. Names, numbers and types: armada source, maintenance.proto, replication.proto,
 * armada.proto and metrics.proto. A table's name is bytes in Maintenance and KV, and a string in Tables (source).
 */
export const armadaProtocol: GrpcProtocol = {
  nested: {
    maintenance: {
      nested: {
        v1: {
          nested: {
            /** Source: Backup and Restore on a leader, Reset on a follower; UNIMPLEMENTED on the other one. */
            Maintenance: {
              methods: {
                Backup: {
                  requestType: 'BackupRequest',
                  responseType: 'replication.v1.SnapshotChunk',
                  responseStream: true,
                },
                Restore: {
                  requestType: 'RestoreMessage',
                  requestStream: true,
                  responseType: 'RestoreResponse',
                },
                Reset: { requestType: 'ResetRequest', responseType: 'ResetResponse' },
              },
            },
            BackupRequest: { fields: { table: { type: 'bytes', id: 1 } } },
            /** The first message of a stream carries `info`, every further one a `chunk` (source: maintenance.go). */
            RestoreMessage: {
              oneofs: { data: { oneof: ['info', 'chunk'] } },
              fields: {
                info: { type: 'RestoreInfo', id: 1 },
                chunk: { type: 'replication.v1.SnapshotChunk', id: 2 },
              },
            },
            RestoreInfo: {
              fields: {
                table: { type: 'bytes', id: 1 },
                /** Newer servers alone (source); the others pass over it unseen. Empty: the first format. */
                format: { type: 'string', id: 2 },
              },
            },
            RestoreResponse: { fields: {} },
            ResetRequest: {
              fields: { table: { type: 'bytes', id: 1 }, reset_all: { type: 'bool', id: 2 } },
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
                data: { type: 'bytes', id: 1 },
                len: { type: 'uint64', id: 2 },
                /** Never set by Backup (source). */
                index: { type: 'uint64', id: 3 },
              },
            },
          },
        },
      },
    },
    // The package kept the project's former name (source: armada.proto).
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
                cluster: { type: 'string', id: 1 },
                members: { rule: 'repeated', type: 'Member', id: 2 },
              },
            },
            Member: {
              fields: {
                id: { type: 'string', id: 1 },
                name: { type: 'string', id: 2 },
                peerURLs: { rule: 'repeated', type: 'string', id: 3 },
                clientURLs: { rule: 'repeated', type: 'string', id: 4 },
              },
            },
            StatusRequest: { fields: { config: { type: 'bool', id: 4 } } },
            /** A table that failed is left out of `tables`, and named in `errors` alone (source: engine.go). */
            StatusResponse: {
              fields: {
                id: { type: 'string', id: 1 },
                version: { type: 'string', id: 2 },
                info: { type: 'string', id: 3 },
                tables: { keyType: 'string', type: 'TableStatus', id: 4 },
                config: { type: 'google.protobuf.Struct', id: 5 },
                errors: { rule: 'repeated', type: 'string', id: 8 },
              },
            },
            TableStatus: {
              fields: {
                leader: { type: 'string', id: 4 },
                raftIndex: { type: 'uint64', id: 5 },
                raftTerm: { type: 'uint64', id: 6 },
                raftAppliedIndex: { type: 'uint64', id: 7 },
              },
            },

            Tables: {
              methods: {
                Create: { requestType: 'CreateTableRequest', responseType: 'CreateTableResponse' },
                Delete: { requestType: 'DeleteTableRequest', responseType: 'DeleteTableResponse' },
                List: { requestType: 'ListTablesRequest', responseType: 'ListTablesResponse' },
              },
            },
            CreateTableRequest: { fields: { name: { type: 'string', id: 1 } } },
            CreateTableResponse: { fields: { id: { type: 'string', id: 1 } } },
            DeleteTableRequest: { fields: { name: { type: 'string', id: 1 } } },
            DeleteTableResponse: { fields: {} },
            ListTablesRequest: { fields: {} },
            ListTablesResponse: {
              fields: { tables: { rule: 'repeated', type: 'TableInfo', id: 1 } },
            },
            /** `id` is a decimal number; a restore gives the table a new one (source). */
            TableInfo: {
              fields: { name: { type: 'string', id: 1 }, id: { type: 'string', id: 2 } },
            },

            KV: {
              methods: {
                Range: { requestType: 'RangeRequest', responseType: 'RangeResponse' },
                IterateRange: {
                  requestType: 'RangeRequest',
                  responseType: 'RangeResponse',
                  responseStream: true,
                },
                Put: { requestType: 'PutRequest', responseType: 'PutResponse' },
              },
            },
            /** Without 8 to 11, the bounds of revisions: a server answers them with UNIMPLEMENTED (source). */
            RangeRequest: {
              fields: {
                table: { type: 'bytes', id: 1 },
                key: { type: 'bytes', id: 2 },
                range_end: { type: 'bytes', id: 3 },
                limit: { type: 'int64', id: 4 },
                linearizable: { type: 'bool', id: 5 },
                keys_only: { type: 'bool', id: 6 },
                count_only: { type: 'bool', id: 7 },
              },
            },
            RangeResponse: {
              fields: {
                header: { type: 'ResponseHeader', id: 1 },
                kvs: { rule: 'repeated', type: 'mvcc.v1.KeyValue', id: 3 },
                more: { type: 'bool', id: 4 },
                count: { type: 'int64', id: 5 },
              },
            },
            ResponseHeader: {
              fields: {
                shard_id: { type: 'uint64', id: 1 },
                replica_id: { type: 'uint64', id: 2 },
                revision: { type: 'uint64', id: 3 },
                raft_term: { type: 'uint64', id: 4 },
                raft_leader_id: { type: 'uint64', id: 5 },
              },
            },
            PutRequest: {
              fields: {
                table: { type: 'bytes', id: 1 },
                key: { type: 'bytes', id: 2 },
                value: { type: 'bytes', id: 3 },
                prev_kv: { type: 'bool', id: 4 },
              },
            },
            PutResponse: {
              fields: {
                header: { type: 'ResponseHeader', id: 1 },
                prev_kv: { type: 'mvcc.v1.KeyValue', id: 2 },
              },
            },

            Metrics: {
              methods: {
                GetMetrics: { requestType: 'MetricsRequest', responseType: 'MetricsResponse' },
              },
            },
            /** Any `format` but the empty one is UNIMPLEMENTED (source: metrics.go). */
            MetricsRequest: { fields: { format: { type: 'string', id: 1 } } },
            MetricsResponse: {
              fields: {
                metrics_data: { type: 'string', id: 1 },
                /** Seconds of Unix time. */
                timestamp: { type: 'int64', id: 2 },
              },
            },
          },
        },
      },
    },
    mvcc: {
      nested: {
        v1: {
          nested: {
            KeyValue: {
              fields: {
                key: { type: 'bytes', id: 1 },
                create_revision: { type: 'int64', id: 2 },
                mod_revision: { type: 'int64', id: 3 },
                value: { type: 'bytes', id: 4 },
              },
            },
          },
        },
      },
    },
    // As gRPC publishes it (grpc/reflection/v1/reflection.proto): both packages have the same messages; older servers know the alpha alone.
    grpc: {
      nested: {
        reflection: {
          nested: { v1: { nested: reflection }, v1alpha: { nested: reflection } },
        },
      },
    },
    google: {
      nested: {
        protobuf: {
          nested: {
            // As far as it says which fields a message has (google/protobuf/descriptor.proto). It is read, never made into code.
            FileDescriptorProto: {
              fields: { message_type: { rule: 'repeated', type: 'DescriptorProto', id: 4 } },
            },
            DescriptorProto: {
              fields: {
                name: { type: 'string', id: 1 },
                field: { rule: 'repeated', type: 'FieldDescriptorProto', id: 2 },
              },
            },
            FieldDescriptorProto: {
              fields: { name: { type: 'string', id: 1 }, number: { type: 'int32', id: 3 } },
            },
            // As protobuf publishes them (google/protobuf/struct.proto): JSON as a message.
            Struct: { fields: { fields: { keyType: 'string', type: 'Value', id: 1 } } },
            Value: {
              oneofs: {
                kind: {
                  oneof: [
                    'null_value',
                    'number_value',
                    'string_value',
                    'bool_value',
                    'struct_value',
                    'list_value',
                  ],
                },
              },
              fields: {
                null_value: { type: 'NullValue', id: 1 },
                number_value: { type: 'double', id: 2 },
                string_value: { type: 'string', id: 3 },
                bool_value: { type: 'bool', id: 4 },
                struct_value: { type: 'Struct', id: 5 },
                list_value: { type: 'ListValue', id: 6 },
              },
            },
            NullValue: { values: { NULL_VALUE: 0 } },
            ListValue: { fields: { values: { rule: 'repeated', type: 'Value', id: 1 } } },
          },
        },
      },
    },
  },
}
