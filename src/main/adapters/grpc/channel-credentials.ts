import { credentials, type ChannelCredentials } from '@grpc/grpc-js'
import { X509Certificate } from 'node:crypto'
import { connect, createSecureContext, type PeerCertificate } from 'node:tls'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { GrpcConnection } from '../../ports/grpc-client.ts'
import type { TlsTrust } from '../../ports/tls-trust.ts'
import { judgePin, tlsOptions } from '../tls-trust/tls-options.ts'
import { tlsRefused, unreachable } from './failure.ts'

const connectTimeoutMs = 3_000

export async function channelCredentials({ target, tls }: GrpcConnection): Promise<ChannelCredentials> {
  if (tls === null) return credentials.createInsecure()
  const options = await tlsOptions(tls)
  if (tls.pin === null) {
    const { checkServerIdentity, rejectUnauthorized = true } = options
    return credentials.createFromSecureContext(createSecureContext(options), {
      rejectUnauthorized,
      ...(checkServerIdentity !== undefined && { checkServerIdentity }),
    })
  }
  // grpc-js judges by the chain alone. So the certificate is looked at first, and then is the one authority of the channel.
  const { pin } = tls
  const certificate = await shownCertificate(target, tls)
  const flaw = judgePin(certificate, pin, Date.now())
  if (flaw !== null) throw tlsRefused(target, flaw)
  const context = createSecureContext({
    ...options,
    ca: new X509Certificate(certificate).toString(),
    allowPartialTrustChain: true,
  })
  return credentials.createFromSecureContext(context, {
    rejectUnauthorized: true,
    checkServerIdentity: (_host: string, shown: PeerCertificate) => {
      const other = judgePin(shown.raw, pin, Date.now())
      return other === null ? undefined : new Error(other)
    },
  })
}

async function shownCertificate(target: string, tls: TlsTrust): Promise<Uint8Array> {
  const { hostname, port } = new URL(`https://${target}`)
  const host = hostname.replace(/^\[|\]$/g, '')
  const options = await tlsOptions(tls)
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...options,
      host,
      port: port === '' ? 443 : Number(port),
      ALPNProtocols: ['h2'],
      ...(tls.serverName === null && /[a-z]/i.test(host) && { servername: host }),
    })
    socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error('It does not answer.')))
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().raw)
      socket.destroy()
    })
    socket.once('error', (error) =>
      reject(error instanceof HoldfastError ? error : unreachable(target, error.message, error)),
    )
  })
}
