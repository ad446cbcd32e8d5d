import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { failure, names, utf8 } from '../../../../conformance/store-helpers.ts'
import { answeringServer } from '../../../../fakes/answering-server.ts'
import { makeAuthority } from '../../../../lab/certificates.ts'
import { listing, storeAt } from './s3-fixture.ts'

const authority = makeAuthority()
afterAll(() => authority?.remove())

describe.skipIf(authority === null)('an https server (openssl is needed to make certificates)', () => {
  async function serverWith(certificateNames: string, days = 2) {
    if (authority === null) throw new Error('no openssl')
    const server = await answeringServer(
      (request, response) => {
        if (request.method === 'PUT') response.setHeader('etag', '"e1"').end()
        else response.end(listing())
      },
      authority.issue(certificateNames, days),
    )
    onTestFinished(() => server.close())
    return { server, caFile: authority.file }
  }

  test('is trusted by the given authority alone', async () => {
    const { server, caFile } = await serverWith('IP:127.0.0.1')
    const store = await storeAt(server.url, { caFile })
    expect(await names(store)).toEqual([])
    await store.close()
  })

  test.each<[string, boolean, string, number, RegExp]>([
    ['from an unknown authority', false, 'IP:127.0.0.1', 2, /unknown authority/],
    ['for another name', true, 'DNS:elsewhere.example', 2, /another name/],
    ['that has expired', true, 'IP:127.0.0.1', -1, /expired/],
  ])(
    'with a certificate %s is repository.tls, and says so',
    async (_name, known, certificateNames, days, said) => {
      const { server, caFile } = await serverWith(certificateNames, days)
      const store = await storeAt(server.url, known ? { caFile } : {})
      const error = await failure(names(store), 'repository.tls')
      expect(error.text.why).toMatch(said)
      expect(server.requests).toHaveLength(0)
      await store.close()
    },
  )

  test('is verified whatever NODE_TLS_REJECT_UNAUTHORIZED says, large bodies included', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    const { server } = await serverWith('IP:127.0.0.1')
    const store = await storeAt(server.url)
    await failure(names(store), 'repository.tls')
    await failure(store.put('a', utf8('x')), 'repository.tls')
    await failure(store.put('a', new Uint8Array(5_000_000)), 'repository.tls')
    expect(server.requests).toHaveLength(0)
    await store.close()
  })

  test('takes bodies of any size over the verified connection', async () => {
    const { server, caFile } = await serverWith('IP:127.0.0.1')
    const store = await storeAt(server.url, { caFile })
    expect(await store.put('a', new Uint8Array(5_000_000))).toMatchObject({ etag: 'e1' })
    expect(server.requests[0]?.headers.expect).toBeUndefined()
    await store.close()
  })

  test('that speaks no TLS is repository.tls', async () => {
    const server = await answeringServer((_request, response) => response.end(listing()))
    const store = await storeAt(server.url.replace('http:', 'https:'))
    const error = await failure(names(store), 'repository.tls')
    expect(error.text.why).toMatch(/No secure connection/)
    await store.close()
    await server.close()
  })

  test('a CA file that holds no certificate is refused before anything is asked', async () => {
    const caFile = `${authority?.file}.txt`
    writeFileSync(caFile, 'nothing')
    await failure(storeAt('https://127.0.0.1:1', { caFile }), 'repository.tls')
    await failure(storeAt('https://127.0.0.1:1', { caFile: `${caFile}.none` }), 'repository.tls')
  })
})

describe('plain http', () => {
  test.each([
    'http://10.1.2.3:80', 'http://s3.example', 'http://localhost.example', 'http://127.0.0.1.example',
    'http://[::ffff:127.0.0.1]', 'http://0.0.0.0', 'http://[fe80::1]',
  ])('to %s is repository.insecure', async (endpoint) => {
    await failure(storeAt(endpoint), 'repository.insecure')
  }) // prettier-ignore

  test.each(['http://127.0.0.1:1', 'http://127.8.9.10:1', 'http://[::1]:1', 'http://localhost:1'])(
    'to %s stays on this machine and is allowed',
    async (endpoint) => {
      const store = await storeAt(endpoint)
      expect(store.capabilities.canWrite).toBe(true)
      await store.close()
    },
  )

  test('is allowed where the operator says so', async () => {
    const store = await storeAt('http://10.1.2.3', { allowInsecureHttp: true })
    expect(store.capabilities.canWrite).toBe(true)
    await store.close()
  })
})
