import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { collect, failure, read, utf8 } from '../../../../conformance/store-helpers.ts'
import { errorBody, storeOver } from './s3-fixture.ts'

const version = { sizeBytes: 10, etag: 'e1', modifiedAt: '2026-11-20T02:00:00.000Z', versionId: null }

function head(response: ServerResponse, headers: Record<string, string> = {}, status = 200): ServerResponse {
  return response.writeHead(status, {
    etag: '"e1"',
    'last-modified': 'Fri, 20 Nov 2026 02:00:00 GMT',
    'content-length': '10',
    ...headers,
  })
}

test('a reading has the version that the headers tell, and the bytes', async () => {
  const { store, server } = await storeOver((_request, response) => {
    head(response, { 'x-amz-version-id': 'v7' }).end('0123456789')
  })
  const { info, pieces } = await store.get('a b/ü')
  expect(info).toEqual({ key: 'a b/ü', ...version, versionId: 'v7' })
  expect(await collect(pieces)).toEqual(utf8('0123456789'))
  expect(server.requests[0]?.path).toBe('/vault/top/a%20b/%C3%BC')
  expect(server.requests[0]?.headers['if-match']).toBeUndefined()
})

test('the version id of what was stored without versions is none', async () => {
  const { store } = await storeOver((_request, response) =>
    head(response, { 'x-amz-version-id': 'null' }).end(),
  )
  expect(await store.head('a')).toEqual({ key: 'a', ...version })
})

describe('what was expected is checked', () => {
  test('by the server, with If-Match', async () => {
    const { store, server } = await storeOver((_request, response) => {
      response.writeHead(412).end(errorBody('PreconditionFailed'))
    })
    await failure(store.get('a', { expect: version }), 'object.changed')
    expect(server.requests[0]?.headers['if-match']).toBe('"e1"')
  })

  test.each([
    ['another etag', { etag: '"e2"' }, version],
    ['another size', { 'content-length': '11' }, version],
    ['another version of the same bytes', { 'x-amz-version-id': 'v2' }, { ...version, versionId: 'v1' }],
    ['no versions any more', {}, { ...version, versionId: 'v1' }],
  ])('and again here, for servers that do not: %s', async (_name, headers, expected) => {
    const { store, server } = await storeOver((_request, response) => {
      head(response, headers).end(
        '0'.repeat(Number('content-length' in headers ? headers['content-length'] : 10)),
      )
    })
    await failure(store.get('a', { expect: expected }), 'object.changed')
    await server.allClosed()
  })

  test('and what is gone is object.missing', async () => {
    const { store } = await storeOver((_request, response) =>
      response.writeHead(404).end(errorBody('NoSuchKey')),
    )
    await failure(store.get('a', { expect: version }), 'object.missing')
  })
})

describe('an answer with other bytes than were asked for is repository.badAnswer', () => {
  test.each([
    ['the whole object for a range', 200, {}],
    ['another range', 206, { 'content-range': 'bytes 3-5/10', 'content-length': '3' }],
    ['a shorter range', 206, { 'content-range': 'bytes 2-3/10', 'content-length': '2' }],
    ['a range without its place', 206, { 'content-length': '3' }],
  ])('%s', async (_name, status, headers) => {
    const { store, server } = await storeOver((_request, response) => {
      head(response, headers, status).end('0123456789'.slice(0, Number('content-length' in headers ? headers['content-length'] : 10)))
    })
    await failure(store.get('a', { range: { startByte: 2, endByte: 4 } }), 'repository.badAnswer')
    expect(server.requests[0]?.headers.range).toBe('bytes=2-4')
    await server.allClosed()
  }) // prettier-ignore

  test('no ETag', async () => {
    const { store } = await storeOver((_request, response) => response.end('<html>Sign in</html>'))
    await failure(store.get('a'), 'repository.badAnswer')
  })

  test('no length', async () => {
    const { store } = await storeOver((_request, response) => {
      response.writeHead(200, { etag: '"e1"' }).write('0123456789')
      response.end()
    })
    await failure(store.get('a'), 'repository.badAnswer')
  })
})

describe('a body that ends early throws', () => {
  test('where the connection breaks', async () => {
    const { store } = await storeOver((_request, response) => {
      head(response).write('01234', () => response.destroy())
    })
    await failure(read(store, 'a'), 'repository.unreachable')
  })

  test('where it is closed in an orderly way', async () => {
    const { store } = await storeOver((_request, response) => {
      head(response).write('01234', () => response.socket?.end())
    })
    await failure(read(store, 'a'), 'repository.unreachable')
  })

  test('where the server falls silent', async () => {
    const timeouts = { connectMs: 5000, silentMs: 50 }
    const { store, server } = await storeOver((_request, response) => void head(response).write('01234'), {
      timeouts,
    })
    await failure(read(store, 'a'), 'repository.unreachable')
    await server.allClosed()
  })
})

describe('the connection is closed', () => {
  const endless = (response: ServerResponse): void => {
    head(response, { 'content-length': '100000000' })
    const piece = Buffer.alloc(65_536)
    const push = (): void => {
      while (!response.destroyed) if (!response.write(piece)) return void response.once('drain', push)
    }
    push()
  }

  test('when the reader leaves early', async () => {
    const { store, server } = await storeOver((_request, response) => endless(response))
    for await (const piece of (await store.get('a')).pieces) {
      expect(piece.byteLength).toBeGreaterThan(0)
      break
    }
    await server.allClosed()
  })

  test('when the reading is aborted, also before its first piece', async () => {
    for (const readFirst of [true, false]) {
      const { store, server } = await storeOver((_request, response) => endless(response))
      const stop = new AbortController()
      const pieces = (await store.get('a', { signal: stop.signal })).pieces[Symbol.asyncIterator]()
      if (readFirst) expect((await pieces.next()).done).toBe(false)
      stop.abort()
      await failure(pieces.next(), 'cancelled')
      await server.allClosed()
    }
  })

  test('when a request is aborted that nobody answers', async () => {
    const stop = new AbortController()
    const { store, server } = await storeOver(() => stop.abort())
    await failure(store.get('a', { signal: stop.signal }), 'cancelled')
    await failure(store.head('a', { signal: stop.signal }), 'cancelled')
    await server.allClosed()
  })

  test('when the store is closed', async () => {
    const { store, server } = await storeOver((_request, response) => head(response).end('0123456789'))
    await read(store, 'a')
    await store.close()
    await server.allClosed()
  })
})

test('a reader that takes its time does not lose the connection', async () => {
  const sizeBytes = 4_000_000
  const timeouts = { connectMs: 5000, silentMs: 200 }
  const { store } = await storeOver(
    (_request, response) => head(response, { 'content-length': `${sizeBytes}` }).end(Buffer.alloc(sizeBytes)),
    { timeouts },
  )
  let seenBytes = 0
  let pauses = 0
  for await (const piece of (await store.get('a')).pieces) {
    seenBytes += piece.byteLength
    // Here the pause is the matter: longer than the other side may be silent.
    if (pauses < 2) await new Promise((resolve) => setTimeout(resolve, 500))
    pauses += 1
  }
  expect(seenBytes).toBe(sizeBytes)
})

test('requests one after another share a connection', async () => {
  const { store, server } = await storeOver((_request, response) => head(response).end('0123456789'))
  for (const _round of [1, 2, 3]) {
    await store.head('a')
    await read(store, 'a')
    await store.put('a', utf8('x'))
  }
  expect(server.requests).toHaveLength(9)
  expect(server.connections).toBe(1)
})
