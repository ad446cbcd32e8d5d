import { CallCredentials, ChannelCredentials } from '@grpc/grpc-js'
import type { Socket } from 'node:net'
import type { GrpcConnection } from '../../ports/grpc-client.ts'
import { secureSockets } from '../tls-trust/secure-socket.ts'

/** What became of the latest attempt to connect. */
export interface Attempt {
  /** The server took the connection, with TLS where that is asked for; whether it speaks gRPC is not known yet. */
  wasAccepted: boolean
  failure: unknown
}

type SecureConnector = ReturnType<ChannelCredentials['_createSecureConnector']>

/**
 * Makes the connections of one channel, and judges each before a byte is sent over it. grpc-js's own credentials know no pin, tell of a
 * failure as text alone, and believe what `GRPC_DEFAULT_SSL_ROOTS_FILE_PATH` of the environment names.
 */
export class JudgedCredentials extends ChannelCredentials {
  readonly attempt: Attempt = { wasAccepted: false, failure: null }
  readonly #connection: GrpcConnection
  readonly #now: () => number

  constructor(connection: GrpcConnection, now: () => number) {
    super()
    this.#connection = connection
    this.#now = now
  }

  override _isSecure(): boolean {
    return this.#connection.tls !== null
  }

  override _equals(other: ChannelCredentials): boolean {
    return other === this
  }

  override _createSecureConnector(): SecureConnector {
    const { attempt } = this
    return {
      waitForReady: async () => {
        attempt.wasAccepted = false
        attempt.failure = null
      },
      connect: async (socket) => {
        const noteFailure = (error: unknown): void => {
          attempt.failure = error
        }
        try {
          const judged = await this.#judge(socket)
          attempt.wasAccepted = true
          // TLS 1.3 tells of a missing client certificate only after the handshake.
          judged.on('error', noteFailure)
          return { socket: judged, secure: this._isSecure() }
        } catch (error) {
          noteFailure(error)
          throw error
        }
      },
      getCallCredentials: () => CallCredentials.createEmpty(),
      destroy: () => undefined,
    }
  }

  async #judge(socket: Socket): Promise<Socket> {
    const { target, tls } = this.#connection
    if (tls === null) return socket
    const secure = await secureSockets(tls, this.#now)
    return secure(socket, { host: hostOf(target), protocols: ['h2'] })
  }
}

function hostOf(target: string): string {
  return new URL(`https://${target}`).hostname.replace(/^\[|\]$/g, '')
}
