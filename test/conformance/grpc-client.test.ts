import { describe } from 'vitest'
import { openGrpc } from '../../src/main/adapters/grpc/open-grpc.ts'
import { grpcCalls } from './grpc-client.ts'
import { grpcConnections } from './grpc-connections.ts'
import { grpcHostile } from './grpc-hostile.ts'

describe('gRPC over grpc-js', () => {
  grpcCalls(openGrpc)
  grpcConnections(openGrpc)
  grpcHostile(openGrpc)
})
