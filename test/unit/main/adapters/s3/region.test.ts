import { expect, onTestFinished, test } from 'vitest'
import { collect, failure, names, read, utf8 } from '../../../../conformance/store-helpers.ts'
import { answeringServer, type Answer } from '../../../../fakes/answering-server.ts'
import { errorBody, listing, storeAt, storeOver } from './s3-fixture.ts'

const inFrankfurt = { 'x-amz-bucket-region': 'eu-central-1' }

/** Two local servers that stand for Amazon's in two regions. */
async function amazon(elsewhere: Answer) {
  const virginia = await answeringServer(elsewhere)
  const frankfurt = await answeringServer((request, response) => {
    if (request.query.has('list-type')) response.end(listing())
    else response.writeHead(200, { etag: '"e1"', 'content-length': '4' }).end('body')
  })
  const asked: string[] = []
  const store = await storeAt(null, {
    amazonEndpoint: (region) => {
      asked.push(region)
      return region === 'eu-central-1' ? frankfurt.url : virginia.url
    },
  })
  onTestFinished(async () => {
    await store.close()
    await virginia.close()
    await frankfurt.close()
  })
  return { store, virginia, frankfurt, asked }
}

test.each<[string, number, string]>([
  ['301', 301, errorBody('PermanentRedirect')],
  ['400', 400, errorBody('AuthorizationHeaderMalformed', '<Region>eu-central-1</Region>')],
])(
  'Amazon’s %s is followed once to the bucket’s region, signed for it, and remembered',
  async (_name, status, body) => {
    const { store, virginia, frankfurt } = await amazon((request, response) => {
      response.writeHead(status, inFrankfurt).end(request.method === 'HEAD' ? undefined : body)
    })
    expect(await names(store)).toEqual([])
    expect(await read(store, 'a')).toEqual(utf8('body'))
    expect((await store.head('a'))?.etag).toBe('e1')
    await store.put('a', utf8('x'))
    expect(virginia.requests).toHaveLength(1)
    expect(virginia.requests[0]?.headers.authorization).toContain('/us-east-1/s3/')
    expect(frankfurt.requests).toHaveLength(4)
    for (const { headers } of frankfurt.requests) expect(headers.authorization).toContain('/eu-central-1/s3/')
  },
)

test('several requests at once are all followed', async () => {
  const { store, frankfurt } = await amazon((_request, response) =>
    response.writeHead(301, inFrankfurt).end(),
  )
  const bodies = await Promise.all(['a', 'b', 'c'].map(async (key) => collect((await store.get(key)).pieces)))
  expect(bodies).toEqual([utf8('body'), utf8('body'), utf8('body')])
  expect(frankfurt.requests).toHaveLength(3)
})

test('Amazon’s redirects that go in circles end with repository.wrongRegion', async () => {
  let turn = 0
  const answer: Answer = (_request, response) => {
    turn += 1
    response.writeHead(301, { 'x-amz-bucket-region': `eu-west-${turn}` }).end()
  }
  const { store, virginia } = await amazon(answer)
  await failure(names(store), 'repository.wrongRegion')
  expect(virginia.requests).toHaveLength(2)
})

test('a region that is no name is never made into a host', async () => {
  const { store, asked } = await amazon((_request, response) => {
    response.writeHead(301, { 'x-amz-bucket-region': 'evil.example/' }).end()
  })
  await failure(names(store), 'repository.badAnswer')
  expect(new Set(asked)).toEqual(new Set(['us-east-1']))
})

test.each<[number, Record<string, string>, string]>([
  [301, inFrankfurt, ''],
  [400, inFrankfurt, ''],
  [400, {}, errorBody('AuthorizationHeaderMalformed', '<Region>eu-central-1</Region>')],
  [307, inFrankfurt, ''],
])(
  'a given endpoint is never left: %i is repository.wrongRegion with the right one',
  async (status, headers, body) => {
    const { store, server } = await storeOver(
      (_request, response) =>
        response.writeHead(status, { ...headers, location: 'http://127.0.0.1:1/' }).end(body),
      {},
      { region: 'us-west-2' },
    )
    const error = await failure(names(store), 'repository.wrongRegion')
    expect(error.text.why).toBe('The bucket is in region eu-central-1; the request was made for us-west-2.')
    expect(error.text.next).toBe('Write region=eu-central-1 into the address.')
    expect(server.requests).toHaveLength(1)
  },
)

test('the region of the address is what requests are signed for', async () => {
  const { store, server } = await storeOver(
    (_request, response) => response.end(listing()),
    {},
    { region: 'mars-1' },
  )
  await names(store)
  expect(server.requests[0]?.headers.authorization).toContain('/mars-1/s3/aws4_request')
})

test('virtual style puts the bucket into the host’s name, path style into the path', async () => {
  const virtual = await storeOver((_request, response) => response.end(listing()), {}, { style: 'path' })
  await names(virtual.store)
  expect(virtual.server.requests[0]?.path).toBe('/vault/')
  const server = await answeringServer((_request, response) => response.end(listing()))
  const store = await storeAt(server.url.replace('127.0.0.1', 'localhost'), {}, { style: 'virtual' })
  onTestFinished(async () => {
    await store.close()
    await server.close()
  })
  // Names below localhost are loopback on most systems (RFC 6761); where not, the error names the host.
  const error: unknown = await names(store).then(
    () => null,
    (reason: unknown) => reason,
  )
  const host = server.requests[0]?.headers.host ?? String(error instanceof Error ? error.cause : '')
  expect(host).toContain('vault.localhost')
  if (error === null) expect(server.requests[0]?.path).toBe('/')
})
