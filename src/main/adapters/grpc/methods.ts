import { fromJSON } from '@grpc/proto-loader'
import type { GrpcMessage, GrpcProtocol } from '../../ports/grpc-client.ts'
import { createFieldCount } from './field-count.ts'

export interface GrpcMethod {
  readonly isRequestStream: boolean
  readonly isResponseStream: boolean
  readonly encode: (message: GrpcMessage) => Buffer
  /** Throws on bytes that are no message of the protocol, or one of too many fields. */
  readonly decode: (bytes: Buffer) => GrpcMessage
}

/**
 * Every method of a packaged protocol, by its path. This is the one place where descriptors become code, and it takes the product's own
 * alone: protobufjs runs what a descriptor's names say (CVE-2026-41242), so none that a server offers is ever loaded.
 */
export function methodsOf(protocol: GrpcProtocol): ReadonlyMap<string, GrpcMethod> {
  // protobufjs has no type for a package inside a package.
  const descriptor = protocol as Parameters<typeof fromJSON>[0]
  const definitions = fromJSON(descriptor, { longs: String, enums: String, defaults: true, oneofs: true })
  const fieldCount = createFieldCount(protocol)
  const methods = new Map<string, GrpcMethod>()
  for (const definition of Object.values(definitions)) {
    // A message or an enumeration, which has no methods.
    if ('format' in definition) continue
    for (const method of Object.values(definition)) {
      const countFields = fieldCount(method.path)
      methods.set(method.path, {
        isRequestStream: method.requestStream,
        isResponseStream: method.responseStream,
        encode: (message) => method.requestSerialize(message),
        decode(bytes) {
          countFields(bytes)
          return { ...method.responseDeserialize(bytes) }
        },
      })
    }
  }
  return methods
}
