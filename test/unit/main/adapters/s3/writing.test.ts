import { describe, expect, test } from 'vitest'
import { failingAfter, failure, inPieces, stuckAfter, utf8 } from '../../../../conformance/store-helpers.ts'
import type { Answer, SeenRequest } from '../../../../fakes/answering-server.ts'
import { errorBody, storeOver } from './s3-fixture.ts'

const mebibyte = 1024 * 1024

/** What a request is for, in one word. */
function kindOf({ method, query }: SeenRequest): string {
  if (method === 'POST') return query.has('uploads') ? 'begin' : 'complete'
  if (method === 'PUT') return query.has('partNumber') ? `part ${query.get('partNumber')}` : 'put'
  if (method === 'DELETE') return query.has('uploadId') ? 'abandon' : 'delete'
  return method.toLowerCase()
}

/** A server that takes uploads; `instead` may answer in its place. */
function taking(instead: (kind: string) => { status: number; body?: string } | 'silence' | null): Answer {
  return (request, response) => {
    const kind = kindOf(request)
    const other = instead(kind)
    if (other === 'silence') return
    if (other !== null) return void response.writeHead(other.status).end(other.body)
    if (kind === 'head') return void response.writeHead(404).end()
    response.setHeader('etag', '"e1"')
    if (kind === 'begin') {
      response.end('<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>')
    } else if (kind === 'complete') {
      response.end('<CompleteMultipartUploadResult><ETag>"e2-3"</ETag></CompleteMultipartUploadResult>')
    } else {
      response.writeHead(kind === 'abandon' ? 204 : 200).end()
    }
  }
}

const usual = taking(() => null)

test('a short stream is one put, a long one comes in parts of 16 MiB', async () => {
  const { store, server } = await storeOver(usual)
  expect(await store.putStream('a', inPieces(utf8('short'), 2))).toMatchObject({
    key: 'a',
    sizeBytes: 5,
    etag: 'e1',
  })
  expect(server.requests.map(kindOf)).toEqual(['put'])
  expect(server.requests[0]?.body.toString()).toBe('short')

  const long = new Uint8Array(33 * mebibyte)
  expect(await store.putStream('b', inPieces(long, 5_000_000))).toMatchObject({
    sizeBytes: long.byteLength,
    etag: 'e2-3',
  })
  expect(server.requests.map(kindOf)).toEqual(['put', 'begin', 'part 1', 'part 2', 'part 3', 'complete'])
  expect(server.requests.slice(2, 5).map(({ body }) => body.byteLength / mebibyte)).toEqual([16, 16, 1])
})

test('ifAbsent is the server’s own condition', async () => {
  const { store, server } = await storeOver(usual)
  await store.put('a', utf8('x'), { ifAbsent: true })
  await store.put('a', utf8('x'))
  await store.putStream('a', inPieces(new Uint8Array(17 * mebibyte), mebibyte), { ifAbsent: true })
  const asked = server.requests.map((request) => [kindOf(request), request.headers['if-none-match']])
  expect(asked.filter(([kind]) => kind === 'put' || kind === 'complete')).toEqual([
    ['put', '*'],
    ['put', undefined],
    ['complete', '*'],
  ])
})

test.each([
  [412, 'PreconditionFailed'],
  [409, 'ConditionalRequestConflict'],
])('a key that is there already (%i) is object.changed', async (status, code) => {
  const { store } = await storeOver((_request, response) => response.writeHead(status).end(errorBody(code)))
  await failure(store.put('a', utf8('x'), { ifAbsent: true }), 'object.changed')
})

describe('an upload that does not come to its end is abandoned, so that no parts stay behind', () => {
  const body = (): AsyncIterable<Uint8Array> => inPieces(new Uint8Array(40 * mebibyte), mebibyte)

  test.each([
    ['part 1', 'repository.unreachable'],
    ['part 3', 'repository.unreachable'],
    ['complete', 'repository.unreachable'],
  ] as const)('where %s is refused', async (refused, code) => {
    const { store, server } = await storeOver(
      taking((kind) => (kind === refused ? { status: 503, body: errorBody('SlowDown') } : null)),
    )
    await failure(store.putStream('a', body()), code)
    expect(server.requests.map(kindOf).at(-1)).toBe('abandon')
    expect(server.requests.at(-1)?.query.get('uploadId')).toBe('u1')
  })

  test('where completing fails after it was answered with 200', async () => {
    const { store, server } = await storeOver(
      taking((kind) => (kind === 'complete' ? { status: 200, body: errorBody('InternalError') } : null)),
    )
    await failure(store.putStream('a', body()), 'repository.unreachable')
    expect(server.requests.map(kindOf).at(-1)).toBe('abandon')
  })

  test('where completing is answered with a page of something else', async () => {
    const { store, server } = await storeOver(
      taking((kind) => (kind === 'complete' ? { status: 200, body: '<html>Sign in</html>' } : null)),
    )
    await failure(store.putStream('a', body()), 'repository.badAnswer')
    expect(server.requests.map(kindOf).at(-1)).toBe('abandon')
  })

  test('where the source fails', async () => {
    const { store, server } = await storeOver(usual)
    const broken = new Error('the source broke')
    await expect(store.putStream('a', failingAfter(new Uint8Array(20 * mebibyte), broken))).rejects.toBe(
      broken,
    )
    expect(server.requests.map(kindOf).at(-1)).toBe('abandon')
  })

  test('where it is aborted while the source is stuck', async () => {
    const stop = new AbortController()
    const { store, server } = await storeOver(
      taking((kind) => {
        if (kind === 'part 1') setImmediate(() => stop.abort())
        return null
      }),
    )
    const put = store.putStream('a', stuckAfter(new Uint8Array(20 * mebibyte)), { signal: stop.signal })
    await failure(put, 'cancelled')
    expect(server.requests.map(kindOf).at(-1)).toBe('abandon')
  })

  test('where it is aborted while the server is silent', async () => {
    const stop = new AbortController()
    const { store, server } = await storeOver(
      taking((kind) => {
        if (kind !== 'part 1') return null
        stop.abort()
        return 'silence'
      }),
    )
    await failure(store.putStream('a', body(), { signal: stop.signal }), 'cancelled')
    expect(server.requests.map(kindOf).at(-1)).toBe('abandon')
  })
})

test('the source is closed when the upload fails', async () => {
  let closed = false
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(mebibyte)
    } finally {
      closed = true
    }
  }
  const { store } = await storeOver(taking(() => ({ status: 403, body: errorBody('AccessDenied') })))
  await failure(store.putStream('a', source()), 'repository.accessDenied')
  expect(closed).toBe(true)
})

test('a stream of any length is written in constant memory', async () => {
  const piece = new Uint8Array(mebibyte)
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < 400; sent += 1) yield piece
  }
  let most = 0
  const { store, server } = await storeOver((request, response) => {
    // The server's own memory must not be what is measured.
    Object.assign(request, { body: Buffer.alloc(0) })
    most = Math.max(most, process.memoryUsage().arrayBuffers)
    usual(request, response)
  })
  const before = process.memoryUsage().arrayBuffers
  await store.putStream('a', source())
  expect(server.requests.map(kindOf)).toContain('part 25')
  expect(most - before).toBeLessThan(250 * mebibyte)
})

test('a put that is answered with a page of something else is repository.badAnswer', async () => {
  const { store } = await storeOver((_request, response) => response.end('<html>Sign in</html>'))
  await failure(store.put('a', utf8('x')), 'repository.badAnswer')
})
