import { onTestFinished } from 'vitest'
import type { RepositoryAddress } from '../../../../../src/shared/domain/address.ts'
import { openS3Store, type S3Options } from '../../../../../src/main/adapters/s3/open-s3-store.ts'
import type { Clock } from '../../../../../src/main/ports/clock.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { answeringServer, type Answer, type AnsweringServer } from '../../../../fakes/answering-server.ts'

/** Words that must not be found in anything that we say. */
export const secrets = { secretAccessKey: 'sEcReT-canary-1', sessionToken: 'tOkEn-canary-2' }
export const keys = { accessKeyId: 'AKCANARY', ...secrets }

export const wallClock: Clock = { now: () => Date.now(), wait: () => Promise.resolve() }

/** A store over a server of the test's own, both closed at its end. */
export async function storeOver(
  answer: Answer,
  options: Partial<S3Options> = {},
  address: Partial<Extract<RepositoryAddress, { kind: 's3' }>> = {},
): Promise<{ store: ObjectStore; server: AnsweringServer }> {
  const server = await answeringServer(answer)
  const store = await storeAt(server.url, options, address)
  onTestFinished(async () => {
    await store.close()
    await server.close()
  })
  return { store, server }
}

export function storeAt(
  endpoint: string | null,
  options: Partial<S3Options> = {},
  address: Partial<Extract<RepositoryAddress, { kind: 's3' }>> = {},
): Promise<ObjectStore> {
  return openS3Store(
    { kind: 's3', bucket: 'vault', prefix: 'top/', endpoint, region: null, style: 'path', ...address },
    { credentials: { source: 'keys', keys }, clock: wallClock, ...options },
  )
}

export interface Listing {
  readonly name?: string
  readonly contents?: string
  readonly truncated?: boolean
  readonly token?: string
}

/** A page of a listing as S3 writes it. */
export function listing({ name = 'vault', contents = '', truncated = false, token }: Listing = {}): string {
  const next = token === undefined ? '' : `<NextContinuationToken>${token}</NextContinuationToken>`
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `<Name>${name}</Name><Prefix>top/</Prefix><EncodingType>url</EncodingType>` +
    `<IsTruncated>${truncated}</IsTruncated>${next}${contents}</ListBucketResult>`
  )
}

export function entry(key: string, size: number | string = 1): string {
  return (
    `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>2026-11-20T02:00:00.123Z</LastModified>` +
    `<ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>${size}</Size></Contents>`
  )
}

export function errorBody(code: string, more = ''): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>free text</Message>${more}</Error>`
}
