import { connect as connectTcp, createServer as createPlainServer } from 'node:net'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { X509Certificate, createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { openHttp } from '../../src/main/adapters/http/open-http.ts'
import type { HttpClient, HttpConnection, HttpRequest } from '../../src/main/ports/http-client.ts'
import type { TlsTrust } from '../../src/main/ports/tls-trust.ts'
import { answeringServer, type Answer, type AnsweringServer } from '../fakes/answering-server.ts'
import { makeAuthority } from '../lab/certificates.ts'

const trust: TlsTrust = {
  caFile: null,
  pin: null,
  serverName: null,
  clientCertificate: null,
  unverifiedBecause: null,
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function server(answer: Answer, tls?: { key: string; cert: string }): Promise<AnsweringServer> {
  const made = await answeringServer(answer, tls)
  closing.push(() => made.close())
  return made
}

function client(origins: readonly string[], options: Partial<HttpConnection> = {}): HttpClient {
  const made = openHttp({
    origins,
    basePath: '',
    tls: trust,
    proxy: null,
    allowPlaintextCredentials: false,
    ...options,
  })
  closing.push(() => made.close())
  return made
}

const get: HttpRequest = { method: 'GET', path: '/a', deadlineMs: 20_000 }
const post: HttpRequest = { method: 'POST', path: '/run', deadlineMs: 20_000, authorization: 'Bearer canary' }
const ok: Answer = (_, response) => void response.end('{"ok":true}')

/** A port where nothing listens. */
async function deadOrigin(): Promise<string> {
  const made = await server(ok)
  await made.close()
  return made.url
}

describe('Requests to masters', () => {
  test('Any status is a reply, with its text and the origin that gave it', async () => {
    const master = await server((_, response) => void response.writeHead(503, { 'x-a': 'b' }).end('waiting'))
    const reply = await client([master.url]).send(get)
    expect(reply).toMatchObject({ status: 503, text: 'waiting', origin: master.url })
    expect(reply.header('X-A')).toBe('b')
    expect(reply.header('x-none')).toBeNull()
  })

  test('A redirect is refused, and nothing is sent where it leads', async () => {
    const evil = await server(ok)
    const master = await server(
      (_, response) => void response.writeHead(302, { location: `${evil.url}/x` }).end(),
    )
    await expect(client([master.url]).send(post)).rejects.toMatchObject({ code: 'master.badAnswer' })
    expect(evil.requests).toHaveLength(0)
  })

  test('A follower that names a saved leader is followed once, with the login', async () => {
    const leader = await server(ok)
    const follower = await server(
      (_, response) => void response.writeHead(421).end(JSON.stringify({ leader: new URL(leader.url).host })),
    )
    const reply = await client([follower.url, leader.url]).send(post)
    expect(reply).toMatchObject({ status: 200, origin: leader.url })
    expect(leader.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer canary'])
  })

  test('A follower that names anybody else is not followed', async () => {
    const evil = await server(ok)
    const follower = await server((_, response) => void response.writeHead(421).end(evil.url))
    expect(await client([follower.url]).send(post)).toMatchObject({ status: 421 })
    expect(evil.requests).toHaveLength(0)
  })

  test('A saved leader whose address only begins another one’s is not meant by it', async () => {
    const saved = await server(ok)
    const follower = await server((_, response) => void response.writeHead(421).end(`${saved.url}9`))
    expect(await client([follower.url, saved.url]).send(post)).toMatchObject({ status: 421 })
    expect(saved.requests).toHaveLength(0)
  })

  test('A master that cannot be reached is passed over; none left is unreachable', async () => {
    const dead = await deadOrigin()
    const alive = await server(ok)
    expect(await client([dead, alive.url]).send(post)).toMatchObject({ origin: alive.url })
    await expect(client([dead]).send(post)).rejects.toMatchObject({ code: 'master.unreachable' })
  })

  test('A change that breaks after it was sent is asked of nobody again', async () => {
    const first = await server((_, response) => void response.destroy())
    const second = await server(ok)
    await expect(client([first.url, second.url]).send(post)).rejects.toMatchObject({
      code: 'master.outcomeUnknown',
    })
    expect([first.requests.length, second.requests.length]).toEqual([1, 0])
  })

  test('A question that breaks is asked of the next master, once', async () => {
    const broken: Answer = (_, response) => void response.destroy()
    const masters = [await server(broken), await server(broken), await server(ok)]
    const origins = masters.map(({ url }) => url)
    await expect(client(origins).send(get)).rejects.toMatchObject({ code: 'master.unreachable' })
    expect(masters.map(({ requests }) => requests.length)).toEqual([1, 1, 0])
    const two = [origins[0] ?? '', origins[2] ?? '']
    expect(await client(two).send(get)).toMatchObject({ status: 200, origin: two[1] })
  })

  test('A master that never answers ends with the deadline: a question has no answer, a change an unknown outcome', async () => {
    const silent = await server(() => undefined)
    const soon = { deadlineMs: 50 }
    await expect(client([silent.url]).send({ ...get, ...soon })).rejects.toMatchObject({
      code: 'master.timedOut',
    })
    await expect(client([silent.url]).send({ ...post, ...soon })).rejects.toMatchObject({
      code: 'master.outcomeUnknown',
    })
  })

  test('A reply that drips ends with the deadline, not with the last byte', async () => {
    const dripping = await server((_, response) => void response.write('{'))
    await expect(client([dripping.url]).send({ ...get, deadlineMs: 100 })).rejects.toMatchObject({
      code: 'master.timedOut',
    })
  })

  test('A reply without an end is cut after 4 MiB, and the source is closed', async () => {
    let sent = 0
    const endless = await server((_, response) => {
      const piece = Buffer.alloc(256 * 1024, 'a')
      const more = (): void => {
        while (!response.destroyed && sent < 1e9) {
          sent += piece.length
          if (!response.write(piece)) {
            response.once('drain', more)
            return
          }
        }
      }
      more()
    })
    await expect(client([endless.url]).send(get)).rejects.toMatchObject({ code: 'master.badAnswer' })
    await endless.allClosed()
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })

  test('Compressed bytes were not asked for and are not unpacked', async () => {
    const bomb = await server(
      (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    )
    await expect(client([bomb.url]).send(get)).rejects.toMatchObject({ code: 'master.badAnswer' })
    expect(bomb.requests[0]?.headers['accept-encoding']).toBe('identity')
  })

  test('A login is not sent over http: to another host than this one', async () => {
    const elsewhere = client(['http://192.0.2.1:8080'])
    await expect(elsewhere.send(post)).rejects.toMatchObject({ code: 'master.insecure' })
    await expect(
      elsewhere.send({ method: 'POST', path: '/login', body: {}, isSecret: true, deadlineMs: 20_000 }),
    ).rejects.toMatchObject({ code: 'master.insecure' })
  })

  test('Only a saved origin can be asked by name', async () => {
    const evil = await server(ok)
    const master = await server(ok)
    await expect(client([master.url]).send({ ...get, origin: evil.url })).rejects.toMatchObject({
      code: 'master.badAnswer',
    })
    expect(evil.requests).toHaveLength(0)
  })

  test('Cancelling ends the request, and is told as that', async () => {
    const cancel = new AbortController()
    const silent = await server(() => cancel.abort())
    await expect(client([silent.url]).send(post, cancel.signal)).rejects.toMatchObject({ code: 'cancelled' })
    await silent.allClosed()
  })

  test('A proxy of the environment is not used; the one of the connection is', async () => {
    const tunnels: string[] = []
    const proxy = createHttpServer()
    proxy.on('connect', (request, socket) => {
      tunnels.push(request.url ?? '')
      const [host = '', port = ''] = (request.url ?? '').split(':')
      const onward = connectTcp(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.pipe(socket).pipe(onward)
      })
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      proxy.closeAllConnections()
      proxy.close()
    })
    const address = proxy.address()
    const proxyUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const master = await server(ok)
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'])
      process.env[name] = proxyUrl
    closing.push(() => {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy']) delete process.env[name]
    })
    await client([master.url]).send(get)
    expect(tunnels).toEqual([])
    await client([master.url], { proxy: proxyUrl }).send(get)
    expect(tunnels).toEqual([new URL(master.url).host])
    const refused = await deadOrigin()
    await expect(client([master.url], { proxy: refused }).send(get)).rejects.toMatchObject({
      code: 'master.unreachable',
    })
  })
})

const authority = makeAuthority()
const other = makeAuthority()
const folder = mkdtempSync(join(tmpdir(), 'hf-http-'))
afterAll(() => {
  authority?.remove()
  other?.remove()
  rmSync(folder, { recursive: true })
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

function pinOf(cert: string): string {
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256/${createHash('sha256').update(spki).digest('base64')}`
}

describe.skipIf(authority === null || other === null)('TLS to masters (needs openssl)', () => {
  if (authority === null || other === null) return
  const good = authority.issue('IP:127.0.0.1,DNS:localhost', 2)
  const named = authority.issue('DNS:master.example', 2)
  const clientPair = authority.issue('DNS:operator', 2)
  const trusted: TlsTrust = { ...trust, caFile: authority.file }

  const refusedWith = async (origin: string, tls: TlsTrust): Promise<string> => {
    const error: unknown = await client([origin], { tls })
      .send(post)
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'master.tls', text: { unchanged: 'Nothing was sent to it.' } })
    return error instanceof Error ? error.message : ''
  }

  test('A private authority is believed where its file is given, and nowhere else', async () => {
    const master = await server(ok, good)
    expect(await client([master.url], { tls: trusted }).send(post)).toMatchObject({ status: 200 })
    expect(await refusedWith(master.url, trust)).toContain('authority that is not believed')
    expect(await refusedWith(master.url, { ...trust, caFile: other.file })).toContain('not believed')
    expect(master.requests).toHaveLength(1)
  })

  test('The environment cannot switch verification off', async () => {
    const master = await server(ok, good)
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      await refusedWith(master.url, trust)
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
    expect(master.requests).toHaveLength(0)
  })

  test('A certificate for another name is refused, unless that name is the one asked for', async () => {
    const master = await server(ok, named)
    expect(await refusedWith(master.url, trusted)).toContain('for another name')
    const tls = { ...trusted, serverName: 'master.example' }
    expect(await client([master.url], { tls }).send(post)).toMatchObject({ status: 200 })
    const wrong = await server(ok, good)
    expect(await refusedWith(wrong.url, tls)).toContain('for another name')
  })

  test('A pin decides alone: the right key without any authority, and no other key with one', async () => {
    const master = await server(ok, named)
    const tls = { ...trust, pin: pinOf(named.cert) }
    expect(await client([master.url], { tls }).send(post)).toMatchObject({ status: 200 })
    const swapped = await server(ok, good)
    const said = await refusedWith(swapped.url, { ...trusted, pin: tls.pin })
    expect(said).toContain(tls.pin)
    expect(said).toContain(pinOf(good.cert))
    expect(swapped.requests).toHaveLength(0)
  })

  test('Belief without verification is possible only with a reason given', async () => {
    const master = await server(ok, named)
    const tls = { ...trust, unverifiedBecause: 'the lab of this test' }
    expect(await client([master.url], { tls }).send(post)).toMatchObject({ status: 200 })
  })

  test('A server that speaks no TLS is told as that, and gets no byte of the request', async () => {
    const seen: Buffer[] = []
    const plain = createPlainServer((socket) => {
      socket.on('data', (bytes) => {
        seen.push(Buffer.from(bytes))
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      })
      socket.on('error', () => undefined)
    })
    await new Promise<void>((resolve) => void plain.listen(0, '127.0.0.1', resolve))
    closing.push(() => plain.close())
    const address = plain.address()
    const port = typeof address === 'object' ? address?.port : ''
    expect(await refusedWith(`https://127.0.0.1:${port}`, trusted)).toContain('does not speak TLS')
    expect(Buffer.concat(seen).includes('canary')).toBe(false)
  })

  test('A client certificate is shown where the server asks for one', async () => {
    const secured = createTlsServer(
      { ...good, ca: [readFileSync(authority.file)], requestCert: true, rejectUnauthorized: true },
      (_, response) => void response.end('{}'),
    )
    await new Promise<void>((resolve) => void secured.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      secured.closeAllConnections()
      secured.close()
    })
    const address = secured.address()
    const origin = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const tls: TlsTrust = {
      ...trusted,
      clientCertificate: {
        certFile: file('client.pem', clientPair.cert),
        keyFile: file('client.key', clientPair.key),
        passphrase: null,
      },
    }
    expect(await client([origin], { tls }).send(post)).toMatchObject({ status: 200 })
    await expect(client([origin], { tls: trusted }).send(get)).rejects.toMatchObject({
      code: expect.stringMatching(/^master\.(tls|unreachable)$/),
    })
    await expect(
      client([origin], {
        tls: { ...tls, clientCertificate: { certFile: '/nowhere', keyFile: '/nowhere', passphrase: null } },
      }).send(get),
    ).rejects.toMatchObject({ code: 'master.tls' })
  })

  test('TLS 1.1 is refused', async () => {
    const old = createTlsServer(
      { ...good, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' },
      (_, response) => void response.end('{}'),
    )
    await new Promise<void>((resolve) => void old.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      old.closeAllConnections()
      old.close()
    })
    const address = old.address()
    const origin = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    expect(await refusedWith(origin, trusted)).toMatch(/no version of TLS|TLS/)
  })
})
