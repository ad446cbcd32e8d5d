import type { GrpcDescriptor } from '../../ports/grpc-client.ts'

/**
 * The method streams requests too; one request, ended at once, is the same bytes. A descriptor in a reply is bytes in the published
 * protocol, and a message here, which is the same on the wire too.
 */
export const reflection: Record<string, GrpcDescriptor> = {
  ServerReflection: {
    methods: {
      ServerReflectionInfo: {
        requestType: 'ServerReflectionRequest',
        responseType: 'ServerReflectionResponse',
        responseStream: true,
      },
    },
  },
  ServerReflectionRequest: { fields: { file_containing_symbol: { type: 'string', id: 4 } } },
  ServerReflectionResponse: {
    fields: { file_descriptor_response: { type: 'FileDescriptorResponse', id: 4 } },
  },
  FileDescriptorResponse: {
    fields: {
      file_descriptor_proto: { rule: 'repeated', type: 'google.protobuf.FileDescriptorProto', id: 1 },
    },
  },
}
