import { fromJSON, type MethodDefinition } from '@grpc/proto-loader'
import type { GrpcProtocol } from '../../ports/grpc-client.ts'

export type GrpcMethod = MethodDefinition<object, object>

/** Every method of a packaged protocol, by its path. Descriptors that a server offers are never loaded: there is no way to here. */
export function methodsOf(protocol: GrpcProtocol): ReadonlyMap<string, GrpcMethod> {
  const definition = fromJSON(
    // protobufjs has no type for a package inside a package.
    protocol as Parameters<typeof fromJSON>[0],
    {
      keepCase: true,
      longs: String,
      enums: String,
      defaults: true,
      arrays: true,
      objects: true,
      oneofs: true,
    },
  )
  const methods = new Map<string, GrpcMethod>()
  for (const part of Object.values(definition)) {
    if ('format' in part) continue
    for (const method of Object.values(part)) methods.set(method.path, method)
  }
  return methods
}
