import { CallCredentials, ChannelCredentials } from '@grpc/grpc-js'
import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { GrpcConnection } from '../../ports/grpc-client.ts'
import { judgePin, tlsOptions } from '../tls-trust/tls-options.ts'

/** The server's key is not the pinned one, or its certificate is out of its time. */
export class PinRefused extends Error {}

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
          const judged = await this.#judge(socket, noteFailure)
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

  async #judge(socket: Socket, noteFailure: (error: unknown) => void): Promise<Socket> {
    const { target, tls } = this.#connection
    if (tls === null) return socket
    const options = await tlsOptions(tls)
    const host = hostOf(target)
    return new Promise((resolve, reject) => {
      const secured = connect({
        // SNI takes names alone.
        ...(isIP(host) === 0 && { servername: host }),
        ...options,
        socket,
        host,
        ALPNProtocols: ['h2'],
      })
      secured.once('error', (error) => {
        noteFailure(error)
        reject(error)
      })
      secured.once('close', () =>
        reject(new Error('It closed the connection in the middle of the handshake.')),
      )
      secured.once('secureConnect', () => {
        const flaw =
          tls.pin === null ? null : judgePin(secured.getPeerCertificate().raw, tls.pin, this.#now())
        if (flaw === null) resolve(secured)
        else {
          secured.destroy()
          reject(new PinRefused(flaw))
        }
      })
    })
  }
}

function hostOf(target: string): string {
  return new URL(`https://${target}`).hostname.replace(/^\[|\]$/g, '')
}
