import { describe, expect, test } from 'vitest'
import { failure, names } from '../../../../conformance/store-helpers.ts'
import { entry, listing, storeOver } from './s3-fixture.ts'

const mebibyte = 1024 * 1024

describe('a listing that cannot be believed is repository.badAnswer, never an empty one', () => {
  test.each([
    ['a login page answered with 200', '<html><head><title>Sign in</title></head><body>Hello</body></html>'],
    ['a login page with a document type', '<!DOCTYPE html><html><body>Hello<br></body></html>'],
    ['an empty body', ''],
    ['no XML at all', 'It works!'],
    ['JSON', '{"Name":"vault"}'],
    ['XML that ends early', listing().slice(0, -12)],
    ['a listing of another bucket', listing({ name: 'other' })],
    ['a listing that names no bucket', listing().replace('<Name>vault</Name>', '')],
    ['a truncated page without a token', listing({ truncated: true, contents: entry('top/a') })],
    ['a truncated page with an empty token', listing({ truncated: true, token: '', contents: entry('top/a') })],
    ['a page that does not say whether it is the last', listing().replace(/<IsTruncated>.*?<.IsTruncated>/, '')],
    ['a negative size', listing({ contents: entry('top/a', -1) })],
    ['a size that is too large', listing({ contents: entry('top/a', '1e99') })],
    ['a size that no integer holds', listing({ contents: entry('top/a', '9007199254740993') })],
    ['a size that is no number', listing({ contents: entry('top/a', 'abc') })],
    ['a size that is missing', listing({ contents: entry('top/a', '') })],
    ['an object without a key', listing({ contents: '<Contents><Size>1</Size></Contents>' })],
    ['a key that is too long', listing({ contents: entry(`top/${'k'.repeat(1025)}`) })],
    ['a key too long by bytes only', listing({ contents: entry(`top/${'é'.repeat(600)}`) })],
    ['a key outside of the prefix', listing({ contents: entry('elsewhere') })],
    ['keys out of order', listing({ contents: entry('top/b') + entry('top/a') })],
    ['one key twice', listing({ contents: entry('top/a') + entry('top/a') })],
    ['a key with broken percent-encoding', listing({ contents: '<Contents><Key>top/%zz</Key><Size>1</Size></Contents>' })],
    ['a key of bytes that are not UTF-8', listing({ contents: '<Contents><Key>top/%ff</Key><Size>1</Size></Contents>' })],
    ['200 000 nested tags', `<ListBucketResult>${'<a>'.repeat(200_000)}`],
    ['200 000 tags side by side', listing({ contents: '<a/>'.repeat(200_000) })],
    ['an entity that is defined in the document', '<!DOCTYPE x [<!ENTITY a "b">]><ListBucketResult/>'],
  ])('%s', async (_name, body) => {
    const { store } = await storeOver((_request, response) => response.end(body))
    await failure(names(store), 'repository.badAnswer')
    await failure(names(store, { delimiter: '/' }), 'repository.badAnswer')
  }) // prettier-ignore

  test('a token that repeats itself', async () => {
    const body = listing({ truncated: true, token: 'again', contents: entry('top/a') })
    const { store, server } = await storeOver((_request, response) => response.end(body))
    await failure(names(store), 'repository.badAnswer')
    await failure(names(store, { delimiter: '/' }), 'repository.badAnswer')
    expect(server.requests.length).toBeLessThan(20)
  })

  test('tokens that go in a circle', async () => {
    const { store, server } = await storeOver((request, response) => {
      const token = request.query.get('continuation-token') === 'one' ? 'two' : 'one'
      response.end(listing({ truncated: true, token, contents: entry('top/a') }))
    })
    await failure(names(store), 'repository.badAnswer')
    expect(server.requests.length).toBeLessThan(20)
  })

  test('pages without an end and without keys', async () => {
    let page = 0
    const { store, server } = await storeOver((_request, response) => {
      page += 1
      response.end(listing({ truncated: true, token: `t${page}` }))
    })
    await failure(names(store), 'repository.badAnswer')
    expect(server.requests.length).toBeLessThan(1100)
  })

  test('one key of 64 MiB is refused in bounded memory', async () => {
    const piece = 'k'.repeat(mebibyte)
    let written = 0
    const { store, server } = await storeOver((_request, response) => {
      response.write('<ListBucketResult><Name>vault</Name><Contents><Key>')
      const push = (): void => {
        while (written < 64 && !response.destroyed) {
          written += 1
          if (!response.write(piece)) return void response.once('drain', push)
        }
        response.end('</Key></Contents></ListBucketResult>')
      }
      push()
    })
    const before = process.memoryUsage().rss
    await failure(names(store), 'repository.badAnswer')
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * mebibyte)
    // The connection is closed as soon as it is too much.
    await server.allClosed()
    expect(written).toBeLessThan(64)
  })

  test('16 MiB of one key are refused in bounded memory', async () => {
    const body = listing({ contents: entry(`top/${'k'.repeat(15 * mebibyte)}`) })
    const { store } = await storeOver((_request, response) => response.end(body))
    const before = process.memoryUsage().rss
    await failure(names(store), 'repository.badAnswer')
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * mebibyte)
  })
})

test('keys are opaque: encoded ones are decoded once, spaces and plus signs are told apart', async () => {
  const contents = ['top/%01', 'top/%0D%0A', 'top/%252F', 'top/%2B', 'top/..%2F..%2Fx', 'top/__proto__', 'top/a+b']
    .map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`)
    .join('') // prettier-ignore
  const { store } = await storeOver((_request, response) => response.end(listing({ contents })))
  expect(await names(store)).toEqual(['\u0001', '\r\n', '%2F', '+', '../../x', '__proto__', 'a b'])
})

test('a server that does not know the encoding gives its keys as they stand', async () => {
  const body = listing({
    contents: '<Contents><Key>top/a+b%41&amp;&#13;</Key><Size>7</Size></Contents>',
  }).replace('<EncodingType>url</EncodingType>', '')
  const { store } = await storeOver((_request, response) => response.end(body))
  expect(await names(store)).toEqual(['a+b%41&\r'])
})

test('an empty bucket is an empty list', async () => {
  const { store, server } = await storeOver((_request, response) => response.end(listing()))
  expect(await names(store)).toEqual([])
  expect(server.requests.map(({ query }) => query.get('prefix'))).toEqual(['top/'])
})

test('times have whole seconds, so that a listing and a head agree', async () => {
  const { store } = await storeOver((_request, response) =>
    response.end(listing({ contents: entry('top/a', 7) })),
  )
  for await (const one of store.list()) {
    expect(one).toEqual({
      kind: 'object',
      key: 'a',
      sizeBytes: 7,
      etag: '0123456789abcdef0123456789abcdef',
      modifiedAt: '2026-11-20T02:00:00.000Z',
      versionId: null,
    })
  }
})
