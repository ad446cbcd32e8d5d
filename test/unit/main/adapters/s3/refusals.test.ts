import type { ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { ErrorCode, HoldfastError } from '../../../../../src/shared/domain/error.ts'
import { failure, names, utf8 } from '../../../../conformance/store-helpers.ts'
import { answeringServer } from '../../../../fakes/answering-server.ts'
import { errorBody, keys, secrets, storeAt, storeOver, wallClock } from './s3-fixture.ts'

describe('each refusal has its own code and says which bucket on which server', () => {
  test.each<[number, string, ErrorCode]>([
    [403, 'AccessDenied', 'repository.accessDenied'],
    [403, 'AllAccessDisabled', 'repository.accessDenied'],
    [401, 'Unauthorized', 'repository.accessDenied'],
    [403, 'InvalidAccessKeyId', 'repository.badKeyPair'],
    [403, 'SignatureDoesNotMatch', 'repository.badKeyPair'],
    [400, 'ExpiredToken', 'repository.expiredToken'],
    [400, 'InvalidToken', 'repository.expiredToken'],
    [404, 'NoSuchBucket', 'repository.notFound'],
    [403, 'RequestTimeTooSkewed', 'repository.clockSkew'],
    [500, 'InternalError', 'repository.unreachable'],
    [503, 'SlowDown', 'repository.unreachable'],
    [429, 'TooManyRequests', 'repository.unreachable'],
    [400, 'InvalidArgument', 'repository.badAnswer'],
    [501, 'NotImplemented', 'repository.badAnswer'],
    [302, 'Found', 'repository.badAnswer'],
  ])('%i %s is %s', async (status, code, expected) => {
    const { store, server } = await storeOver((_request, response) => {
      response.writeHead(status).end(errorBody(code))
    })
    const error = await failure(names(store), expected)
    expect(error.text.what).toBe(`Could not list "top/" in bucket "vault" at ${server.url}.`)
    expect(error.text.why).toContain(code)
    expect(error.text.next).toBeDefined()
    // The keys may come from the vault as well.
    expect(error.text.next).not.toContain('AWS_')
    // The SDK does not try again by itself.
    expect(server.requests).toHaveLength(1)
    expectNoSecret(error)
  })

  test('of a bucket without a prefix it is the bucket that could not be listed', async () => {
    const answer = (_request: unknown, response: ServerResponse) =>
      response.writeHead(403).end(errorBody('AccessDenied'))
    const { store, server } = await storeOver(answer, {}, { prefix: '' })
    const error = await failure(names(store), 'repository.accessDenied')
    expect(error.text.what).toBe(`Could not list bucket "vault" at ${server.url}.`)
  })

  test('keys that are refused without a reason may not be known, and temporary ones may have expired; others may not', async () => {
    const whyWith = async (given: typeof keys | Omit<typeof keys, 'sessionToken'>) => {
      const { store } = await storeOver(
        (_request, response) => response.writeHead(403).end(errorBody('AccessDenied')),
        { credentials: { source: 'keys', keys: given } },
      )
      return (await failure(names(store), 'repository.accessDenied')).text.why
    }
    const { sessionToken: _left, ...lasting } = keys
    expect(await whyWith(keys)).toContain('or they were temporary and have expired')
    const why = await whyWith(lasting)
    expect(why).not.toContain('expired')
    // Nor does every server say that it does not know them.
    expect(why).toContain('or the server does not know them')
  })

  test.each<[number, ErrorCode]>([
    [403, 'repository.accessDenied'],
    [500, 'repository.unreachable'],
    [400, 'repository.badAnswer'],
  ])('a head has no body to tell: %i is %s', async (status, expected) => {
    const { store } = await storeOver((_request, response) => response.writeHead(status).end())
    await failure(store.head('a'), expected)
  })

  test('a head of what is not there is null', async () => {
    const { store } = await storeOver((_request, response) => response.writeHead(404).end())
    expect(await store.head('a')).toBeNull()
  })

  test('an error page that is not S3’s is no missing object', async () => {
    const { store } = await storeOver((_request, response) =>
      response.writeHead(404).end('<html>lost</html>'),
    )
    await failure(store.get('a'), 'repository.badAnswer')
  })

  test('an object in an archive tier is object.unreadable', async () => {
    const { store } = await storeOver((_request, response) => {
      response.writeHead(403).end(errorBody('InvalidObjectState'))
    })
    await failure(store.get('a'), 'object.unreadable')
  })

  test('a quota that is used up is repository.full, and nothing was changed', async () => {
    const { store } = await storeOver((_request, response) => {
      response.writeHead(403).end(errorBody('QuotaExceeded'))
    })
    const error = await failure(store.put('a', utf8('x')), 'repository.full')
    expect(error.text.unchanged).toBe('Nothing was changed there.')
  })
})

describe('a clock that is wrong', () => {
  test.each([
    [12, '12 minutes ahead of'],
    [-7, '7 minutes behind'],
  ])('%i minutes off, a plain 403 is repository.clockSkew and says by how much', async (minutes, said) => {
    const clock = { ...wallClock, now: () => Date.now() + minutes * 60_000 }
    const { store } = await storeOver(
      (_request, response) => response.writeHead(403).end(errorBody('AccessDenied')),
      { clock },
    )
    for (const ask of [() => names(store), () => store.head('a'), () => store.get('a')]) {
      const error = await failure(ask(), 'repository.clockSkew')
      expect(error.text.why).toContain(said)
    }
  })

  test('off by less than five minutes a 403 stays what it is', async () => {
    const clock = { ...wallClock, now: () => Date.now() + 4 * 60_000 }
    const { store } = await storeOver(
      (_request, response) => response.writeHead(403).end(errorBody('AccessDenied')),
      { clock },
    )
    await failure(names(store), 'repository.accessDenied')
  })

  test('requests are signed with our clock, so that tests and skews are exact', async () => {
    const clock = { ...wallClock, now: () => Date.UTC(2031, 0, 2, 3, 4) }
    const { store, server } = await storeOver((_request, response) => response.writeHead(404).end(), {
      clock,
    })
    await store.head('a')
    expect(server.requests[0]?.headers['x-amz-date']).toMatch(/^20310102T0304/)
  })
})

describe('a server that cannot be reached is repository.unreachable', () => {
  test('where nothing listens', async () => {
    const server = await answeringServer(() => undefined)
    await server.close()
    const store = await storeAt(server.url)
    const error = await failure(names(store), 'repository.unreachable')
    expect(error.text.why).toContain('ECONNREFUSED')
    await store.close()
  })

  test('where there is no host of this name', async () => {
    const store = await storeAt('https://no-such-host.invalid')
    const error = await failure(names(store), 'repository.unreachable')
    expect(error.text.why).toMatch(/ENOTFOUND|EAI_AGAIN/)
    await store.close()
  })

  test('where the connection breaks', async () => {
    const { store } = await storeOver((_request, response) => response.destroy())
    await failure(names(store), 'repository.unreachable')
  })

  test('where the body of an answer breaks off', async () => {
    const { store } = await storeOver((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('<ListBucketResult>', () => response.destroy())
    })
    await failure(names(store), 'repository.unreachable')
  })

  test('where nobody answers', async () => {
    const timeouts = { connectMs: 5000, silentMs: 50 }
    const { store, server } = await storeOver(() => undefined, { timeouts })
    await failure(names(store), 'repository.unreachable')
    await failure(store.head('a'), 'repository.unreachable')
    await server.allClosed()
  })

  test('where nobody answers any more on a connection that was used before', async () => {
    const timeouts = { connectMs: 5000, silentMs: 50 }
    const { store, server } = await storeOver(
      ({ path }, response) => {
        // A server's own hint about idle connections must not count while one is used.
        if (path.endsWith('first'))
          response.writeHead(404, { 'keep-alive': 'timeout=2', 'content-length': '0' }).end()
      },
      { timeouts },
    )
    expect(await store.head('first')).toBeNull()
    await failure(store.head('second'), 'repository.unreachable')
    expect(server.connections).toBe(1)
    await server.allClosed()
  })

  test('where no TLS handshake comes about', async () => {
    const mute = await answeringServer(() => undefined)
    const store = await storeAt(mute.url.replace('http:', 'https:').replace('127.0.0.1', 'localhost'), {
      timeouts: { connectMs: 50, silentMs: 60_000 },
    })
    // An HTTP server waits for more of what is no request to it, or closes.
    const error: unknown = await names(store).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: expect.stringMatching(/^repository\.(unreachable|tls)$/) })
    await store.close()
    await mute.close()
  })
})

test('what does not speak HTTP is repository.badAnswer', async () => {
  const { store } = await storeOver((_request, response) => {
    response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n')
  })
  await failure(names(store), 'repository.badAnswer')
})

test('headers that make no sense are repository.badAnswer', async () => {
  const { store } = await storeOver((_request, response) => {
    response.writeHead(200, { etag: '"x"', 'last-modified': 'yesterday', 'content-length': '3' }).end('abc')
  })
  await failure(store.head('a'), 'repository.badAnswer')
  await failure(store.get('a'), 'repository.badAnswer')
})

test.each(['', 'a\0b', 'k'.repeat(1025), '\ud800'])(
  'no request is made for the impossible key %j',
  async (key) => {
    const { store, server } = await storeOver((_request, response) => response.end(), {}, { prefix: '' })
    await failure(store.head(key), 'object.badKey')
    await failure(store.get(key), 'object.badKey')
    await failure(store.put(key, utf8('x')), 'object.badKey')
    await failure(store.delete(key), 'object.badKey')
    expect(server.requests).toHaveLength(0)
  },
)

test('whatever goes wrong, no secret and nothing of the request can be printed', async () => {
  const more = `<CanonicalRequest>x-amz-security-token:${secrets.sessionToken}</CanonicalRequest><StringToSign>${secrets.secretAccessKey}</StringToSign>`
  for (const answer of [
    errorBody('SignatureDoesNotMatch', more),
    errorBody(secrets.sessionToken.repeat(3), more),
    secrets.sessionToken,
    `<a>${secrets.sessionToken}</b>`,
  ]) {
    for (const status of [200, 400, 403, 404, 500]) {
      const { store } = await storeOver((_request, response) => response.writeHead(status).end(answer))
      for (const ask of [
        () => names(store),
        () => store.get('a'),
        () => store.put('a', utf8('x')),
        () => store.delete('a'),
        () => store.head('a'),
      ]) {
        const error: unknown = await ask().then(
          () => null,
          (reason: unknown) => reason,
        )
        if (error !== null) expectNoSecret(error as HoldfastError)
      }
    }
  }
}, 60_000)

function expectNoSecret(error: HoldfastError): void {
  const printed = [
    JSON.stringify(error),
    String(error),
    error.stack ?? '',
    JSON.stringify(error.text),
    inspect(error, { depth: 20, showHidden: true }),
  ].join('\n')
  for (const secret of Object.values(secrets)) {
    expect(printed).not.toContain(secret)
    expect(printed).not.toContain(Buffer.from(secret).toString('base64'))
  }
  expect(printed).not.toMatch(/authorization|Signature=|\$response/i)
  expect(JSON.stringify(error)).not.toContain(keys.accessKeyId)
}
