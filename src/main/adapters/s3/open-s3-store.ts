import { readFile } from 'node:fs/promises'
import type { RepositoryAddress } from '../../../shared/domain/address.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { BucketFacts } from '../../../shared/domain/place-facts.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ObjectStore } from '../../ports/object-store.ts'
import { systemAuthorities } from '../tls-trust/system-authorities.ts'
import { connect, type S3Connection } from './connection.ts'
import { findKeys, type S3Credentials } from './credentials.ts'
import { list } from './list.ts'
import { placeFacts } from './place-facts.ts'
import { get, head } from './read.ts'
import { makeAgents, type SocketTimeouts } from './sockets.ts'
import { put, putStream, remove } from './write.ts'

type S3Address = Extract<RepositoryAddress, { kind: 's3' }>

export interface S3Options {
  readonly credentials: S3Credentials
  readonly clock: Clock
  /** Allows `http:` to other machines. */
  readonly allowInsecureHttp?: boolean
  /** PEM file of the only authorities to trust; left out: the system's. */
  readonly caFile?: string
  readonly timeouts?: SocketTimeouts
  /** Amazon's server of a region; a test puts its own there. */
  readonly amazonEndpoint?: (region: string) => string
}

/** What Amazon, and most servers that do not care, sign for. */
const defaultRegion = 'us-east-1'
const defaultTimeouts: SocketTimeouts = { connectMs: 10_000, silentMs: 60_000 }

/**
 * A bucket as a store. Nothing is asked of the server yet. Throws `repository.insecure`, `repository.noCredentials`,
 * and `repository.tls` for a CA file that cannot be used. No proxy is ever used.
 */
export async function openS3Store(address: S3Address, options: S3Options): Promise<ObjectStore> {
  const connection = await openConnection(address, options)
  return {
    capabilities: { parallelReads: 4, checksVersion: true, canWrite: true, atomicCreate: true },
    list: (listOptions) => list(connection, listOptions),
    head: (key, { signal } = {}) => head(connection, key, signal),
    get: (key, getOptions = {}) => get(connection, key, getOptions),
    put: (key, body, putOptions = {}) => put(connection, key, body, putOptions),
    putStream: (key, body, putOptions = {}) => putStream(connection, key, body, putOptions),
    delete: (key, { signal } = {}) => remove(connection, key, signal),
    facts: async (sample, { signal } = {}) =>
      placeFacts(connection, sample, { transport: transportOf(address.endpoint), signal }),
    async close() {
      connection.close()
    },
  }
}

/** As `openS3Store`, for what is no store. */
export async function openConnection(address: S3Address, options: S3Options): Promise<S3Connection> {
  const { endpoint } = address
  const endpointOf = endpoint === null ? (options.amazonEndpoint ?? amazonEndpoint) : () => endpoint
  const region = address.region ?? defaultRegion
  if (options.allowInsecureHttp !== true) refuseInsecure(endpointOf(region))
  const isTls = new URL(endpointOf(region)).protocol === 'https:'
  const authorities = isTls ? await authoritiesOf(options.caFile) : []
  const keys = await findKeys(options.credentials)
  return connect({
    bucket: address.bucket,
    prefix: address.prefix,
    style: address.style,
    keys,
    region,
    endpointOf,
    followsRegion: endpoint === null,
    agents: makeAgents(authorities, options.timeouts ?? defaultTimeouts),
    clock: options.clock,
  })
}

/** Amazon's regional endpoints (AWS General Reference, "Amazon S3 endpoints"). */
function amazonEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

/** How bytes travel to the server of an endpoint; Amazon's (null) is reached by TLS alone. */
function transportOf(endpoint: string | null): BucketFacts['transport'] {
  if (endpoint === null) return 'https'
  const { protocol, hostname } = new URL(endpoint)
  if (protocol === 'https:') return 'https'
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]+){3}$/.test(hostname)
  return isLoopback ? 'httpHere' : 'http'
}

function refuseInsecure(endpoint: string): void {
  if (transportOf(endpoint) !== 'http') return
  const { origin } = new URL(endpoint)
  throw new HoldfastError('repository.insecure', {
    what: `The server ${origin} would be spoken to without TLS.`,
    why: 'Anybody on the way could read and change what passes.',
    next: 'Use an https endpoint, or allow plain http to other machines explicitly.',
  })
}

async function authoritiesOf(file: string | undefined): Promise<readonly string[]> {
  if (file === undefined) return systemAuthorities()
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw badFile(file, 'It cannot be read.', cause)
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw badFile(file, 'It holds no certificate in PEM form.')
  }
  return [text]
}

function badFile(file: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'repository.tls',
    {
      what: `The CA file ${file} cannot be used.`,
      why,
      next: 'Name a file of PEM certificates, or leave it out.',
    },
    { cause },
  )
}
