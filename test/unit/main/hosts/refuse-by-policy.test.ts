import { expect, test } from 'vitest'
import { openHttp } from '../../../../src/main/adapters/http/open-http.ts'
import { openAnchor } from '../../../../src/main/hosts/open-anchor.ts'
import { openStore } from '../../../../src/main/hosts/open-store.ts'
import { grpcUnder, httpUnder, placesUnder } from '../../../../src/main/hosts/refuse-by-policy.ts'
import type { GrpcConnection } from '../../../../src/main/ports/grpc-client.ts'
import type { HttpConnection } from '../../../../src/main/ports/http-client.ts'
import type { TlsTrust } from '../../../../src/main/ports/tls-trust.ts'
import type { Policy } from '../../../../src/shared/contract/policy.ts'
import { parseAddress } from '../../../../src/shared/domain/address.ts'

const file = '/etc/holdfast/policy.json'
const policy: Policy = { file, settings: {}, leastMode: 'normal', refuse: ['plainHttp', 'unverifiedTls'] }
const bare: Policy = { ...policy, refuse: [] }
const byPolicy = { code: 'policy.refused', text: { why: expect.stringContaining(file) as unknown } }

const verified: TlsTrust = {
  caFile: null,
  pin: null,
  serverName: null,
  clientCertificate: null,
  unverifiedBecause: null,
}
const unverified: TlsTrust = { ...verified, unverifiedBecause: 'A laboratory.' }

function connection(origin: string, tls = verified): HttpConnection {
  return { origins: [origin], basePath: '', tls, proxy: null, allowPlaintextCredentials: true }
}

const login = { method: 'GET', path: '/', authorization: 'Bearer x', deadlineMs: 5_000 } as const

test('A bucket over http: is refused by the policy although its access allows it', async () => {
  const address = parseAddress('s3://backups?endpoint=http://192.0.2.1')
  const access = {
    credential: { source: 'given', pair: { accessKeyId: 'A', secretAccessKey: 'B', sessionToken: null } },
    caFile: null,
    allowHttp: true,
    sshKeyFiles: [],
    hostKey: null,
    maxBytesPerSecond: null,
  } as const
  await expect(placesUnder(policy, openStore)(address, access, 'read')).rejects.toMatchObject(byPolicy)
  for (const free of [null, bare]) await (await placesUnder(free, openStore)(address, access, 'read')).close()
  // What nobody allowed is refused as ever.
  const closed = { ...access, allowHttp: false }
  await expect(placesUnder(policy, openStore)(address, closed, 'read')).rejects.toMatchObject({
    code: 'repository.insecure',
  })
  const anchor = placesUnder(policy, openAnchor)(address, access, { keepDays: 1 })
  await expect(anchor).rejects.toMatchObject(byPolicy)
  // Over TLS the permission means nothing, and does no harm.
  const safe = parseAddress('s3://backups?endpoint=https://192.0.2.1')
  await (await placesUnder(policy, openStore)(safe, access, 'read')).close()
})

test('A login over http: is refused by the policy although the connection allows it, and nothing is sent', async () => {
  const client = httpUnder(policy, openHttp)(connection('http://192.0.2.1:80'))
  await expect(client.send(login)).rejects.toMatchObject(byPolicy)
  await client.close()
  const here = httpUnder(policy, openHttp)(connection('http://127.0.0.1:9'))
  await expect(here.send(login)).rejects.toMatchObject({ code: 'master.unreachable' })
  await here.close()
})

test('A certificate that nobody verifies is refused by the policy; one that is pinned is verified', () => {
  const words = `not believed on this machine. Its administrator has written so in ${file}`
  const opened: unknown[] = []
  const http = httpUnder(policy, (given) => {
    opened.push(given.tls)
    return openHttp(given)
  })
  expect(() => http(connection('https://192.0.2.1', unverified))).toThrow(words)
  http(connection('https://192.0.2.1', { ...unverified, pin: `sha256/${'A'.repeat(43)}=` }))
  http(connection('https://192.0.2.1'))
  expect(opened).toHaveLength(2)

  const asked: GrpcConnection[] = []
  const none = (given: GrpcConnection): never => {
    asked.push(given)
    throw new Error('opened')
  }
  const open = (by: Policy | null, tls: TlsTrust | null) => () =>
    grpcUnder(by, none)({ target: 'm:1', tls }, { nested: {} })
  expect(open(policy, unverified)).toThrow(words)
  expect(asked).toEqual([])
  for (const free of [
    open(policy, verified),
    open(policy, null),
    open(bare, unverified),
    open(null, unverified),
  ])
    expect(free).toThrow('opened')
})
