import { S3Client } from '@aws-sdk/client-s3'
import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { S3Keys } from './credentials.ts'
import { S3Refusal } from './failure.ts'
import type { Agents } from './sockets.ts'
import { isElsewhere, translate, type Action, type Place } from './translate.ts'
import { makeTransport } from './transport.ts'

/** One bucket on one server, below one prefix. */
export interface S3Connection {
  readonly bucket: string
  /** Put before every key of the port, as typed. */
  readonly prefix: string
  /** The key in the bucket; throws `object.badKey` for what no bucket can hold. */
  fullKey(key: string): string
  /**
   * Runs one request, or one that may be run again: where Amazon says that the bucket is in another region, it is run
   * once more there. Throws `HoldfastError` only.
   */
  send<T>(action: Action, run: (client: S3Client, options: SendOptions) => Promise<T>): Promise<T>
  /** The failure to throw for what went wrong after `send` (in a body that is still arriving). */
  failure(error: unknown, action: Action): HoldfastError
  close(): void
}

interface SendOptions {
  readonly abortSignal?: AbortSignal
}

export interface ConnectionOptions {
  readonly bucket: string
  readonly prefix: string
  readonly style: 'path' | 'virtual'
  readonly keys: S3Keys
  readonly region: string
  /** URL of the server of a region. */
  readonly endpointOf: (region: string) => string
  /** True where the server may send us to another region: Amazon's. */
  readonly followsRegion: boolean
  readonly agents: Agents
  readonly clock: Clock
}

const utf8 = new TextEncoder()

export function connect(options: ConnectionOptions): S3Connection {
  const { bucket, prefix, agents, clock } = options
  const hasSessionToken = options.keys.sessionToken !== undefined
  const first = open(options.region)
  let elsewhere: Opened | null = null

  interface Opened {
    readonly client: S3Client
    readonly place: Place
  }

  function open(region: string): Opened {
    const endpoint = options.endpointOf(region)
    return {
      client: makeClient(options, endpoint, region),
      place: { bucket, endpoint, region, hasSessionToken, clock },
    }
  }

  return {
    bucket,
    prefix,
    fullKey(key) {
      const full = prefix + key
      if (full === '' || full.includes('\0') || !full.isWellFormed() || utf8.encode(full).byteLength > 1024) {
        throw new HoldfastError('object.badKey', {
          what: `No object can have the key ${JSON.stringify(full.slice(0, 1024))}.`,
          why: 'A key is 1 to 1024 bytes of UTF-8 without NUL.',
        })
      }
      return full
    },
    async send(action, run) {
      const { signal } = action
      const sendOptions = signal === undefined ? {} : { abortSignal: signal }
      throwIfCancelled(signal)
      const used = elsewhere ?? first
      try {
        return await run(used.client, sendOptions)
      } catch (error) {
        const region = options.followsRegion && used === first ? otherRegion(error, used.place.region) : null
        if (region === null) throw translate(error, action, used.place)
        elsewhere ??= open(region)
      }
      try {
        return await run(elsewhere.client, sendOptions)
      } catch (error) {
        throw translate(error, action, elsewhere.place)
      }
    },
    failure: (error, action) => translate(error, action, (elsewhere ?? first).place),
    close() {
      first.client.destroy()
      elsewhere?.client.destroy()
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function otherRegion(error: unknown, region: string): string | null {
  if (!(error instanceof S3Refusal) || error.region === region) return null
  return isElsewhere(error.status, error.code) ? error.region : null
}

/**
 * Everything that the SDK would else look up in the environment or in shared files is said here, so that no variable
 * leads our keys to another server.
 */
function makeClient(options: ConnectionOptions, endpoint: string, region: string): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: options.keys,
    forcePathStyle: options.style === 'path',
    requestHandler: makeTransport(options.agents),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Repeating is the decorator's task.
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'legacy',
    // Would send large bodies through an agent of the SDK's own, which trusts the environment about certificates.
    expectContinueHeader: false,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    useArnRegion: false,
    useAccelerateEndpoint: false,
    followRegionRedirects: false,
    disableS3ExpressSessionAuth: true,
    disableMultiregionAccessPoints: true,
    sigv4aSigningRegionSet: [region],
    authSchemePreference: ['sigv4'],
    userAgentAppId: async () => undefined,
    // Signatures carry our clock's time.
    systemClockOffset: options.clock.now() - Date.now(),
  })
}
