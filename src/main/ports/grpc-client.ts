import type { TlsTrust } from './tls-trust.ts'

export interface GrpcConnection {
  /** `host:port`. */
  readonly target: string
  /** Null: plaintext. */
  readonly tls: TlsTrust | null
}

/**
 * A protocol as data, in the shape of protobufjs' JSON descriptors: `{nested: {package: {nested: {Message: {fields: …}}}}}`. Packaged
 * with the system that speaks it; descriptors that a server offers by reflection are never loaded.
 */
export interface GrpcProtocol {
  readonly nested: Record<string, GrpcDescriptor>
}

export type GrpcDescriptor =
  | { nested: Record<string, GrpcDescriptor> }
  /** A message: field numbers and types by name. */
  | {
      fields: Record<string, { id: number; type: string; rule?: 'repeated'; keyType?: string }>
      oneofs?: Record<string, { oneof: string[] }>
    }
  | { values: Record<string, number> }
  /** A service. */
  | {
      methods: Record<
        string,
        { requestType: string; responseType: string; requestStream?: boolean; responseStream?: boolean }
      >
    }

export interface GrpcCall {
  /** `/package.Service/Method`. */
  readonly method: string
  readonly deadlineMs: number
  /** Sent as `authorization: Bearer …`; over plaintext it is refused (`master.insecure`) before a packet is sent. */
  readonly token?: string
  /** Further metadata; nothing secret. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** 64-bit numbers are decimal strings, bytes are `Uint8Array`, fields keep the names of the protocol, unset ones their defaults. */
export type GrpcMessage = Readonly<Record<string, unknown>>

/**
 * Calls to one server.
 *
 * Promises of every implementation, checked by one conformance suite:
 * - A status other than OK is a `HoldfastError`: UNAVAILABLE before anything was sent is `master.unreachable` (or `master.tls`),
 *   UNAUTHENTICATED and PERMISSION_DENIED `master.refusedLogin`, UNIMPLEMENTED `master.notOffered`, DEADLINE_EXCEEDED
 *   `master.timedOut`, UNAVAILABLE in the server's own words `master.notReady`, everything else `master.refused`, with those words. A
 *   stream or call that broke in the middle is `master.outcomeUnknown`.
 * - Nothing is retried. Messages above 4 MiB are refused on both sides. Text of a server is made printable.
 * - Keepalive pings go out no faster than every 30 s. A stream that sends nothing for `stallMs` ends with `master.timedOut`.
 * - Aborting ends the call on the other side; back pressure holds in both directions, so memory stays constant.
 */
export interface GrpcClient {
  unary(call: GrpcCall, request: GrpcMessage, signal?: AbortSignal): Promise<GrpcMessage>
  serverStream(
    call: GrpcCall & { readonly stallMs: number },
    request: GrpcMessage,
    signal?: AbortSignal,
  ): AsyncIterable<GrpcMessage>
  clientStream(
    call: GrpcCall,
    requests: AsyncIterable<GrpcMessage>,
    signal?: AbortSignal,
  ): Promise<GrpcMessage>
  close(): void
}

export type OpenGrpc = (connection: GrpcConnection, protocol: GrpcProtocol) => GrpcClient
