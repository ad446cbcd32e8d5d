import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { connect as connectTcp, createServer as createPlainServer, Socket } from 'node:net'
import { createServer as createHttpServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { excerptOf } from '../../src/main/engine/live/http-replies.ts'
import { HoldfastError } from '../../src/shared/domain/error.ts'
import type { Answer } from '../fakes/answering-server.ts'
import { client, closing, deadOrigin, get, listening, ok, post, server } from './http-lab.ts'

describe('Requests to masters', () => {
  test('Any status is a reply, with its text and the origin that gave it', async () => {
    const master = await server((_, response) => void response.writeHead(503, { 'x-a': 'b' }).end('waiting'))
    const reply = await client([master.url]).send(get)
    expect(reply).toMatchObject({ status: 503, text: 'waiting', origin: master.url })
    expect(reply.header('X-A')).toBe('b')
    expect(reply.header('x-none')).toBeNull()
  })

  test('What was sent as a secret is blotted out of what is shown of a reply that repeats it, and nothing else is', async () => {
    const master = await server(
      ({ headers, body }, response) =>
        void response.writeHead(401).end(`${headers.authorization ?? ''} ${body.toString()} refused`),
    )
    const login = { user: 'operator', password: 'six "words" & one' }
    const reply = await client([master.url]).send({ ...post, body: login, isSecret: true })
    // What a program reads of it is as it came.
    expect(reply.text).toContain(JSON.stringify(login))
    expect(excerptOf(reply)).toBe('Bearer [withheld] {"user":"operator","password":"[withheld]"} refused')
    const key = await client([master.url]).send({ ...get, authorization: 'AccessKey AKIA:a secret/key' })
    expect(excerptOf(key)).not.toMatch(/AKIA|secret\/key/)
  })

  test('A redirect is refused, and nothing is sent where it leads', async () => {
    const evil = await server(ok)
    const master = await server(
      (_, response) => void response.writeHead(302, { location: `${evil.url}/x` }).end(),
    )
    await expect(client([master.url]).send(get)).rejects.toMatchObject({ code: 'master.badAnswer' })
    await expect(client([master.url]).send(post)).rejects.toMatchObject({
      code: 'master.outcomeUnknown',
      text: { why: expect.stringContaining('redirect (302)') },
    })
    expect(evil.requests).toHaveLength(0)
  })

  test('A login changes nothing: where it breaks, nothing is unknown, and the next master is asked, once', async () => {
    const login = { ...post, isLogin: true }
    const unchanged = 'It was asked for a login, and for nothing else.'
    const broken = await server((_, response) => void response.destroy())
    const another = await server((_, response) => void response.destroy())
    const second = await server(ok)
    expect(await client([broken.url, second.url]).send(login)).toMatchObject({ origin: second.url })
    await expect(client([broken.url, another.url, second.url]).send(login)).rejects.toMatchObject({
      code: 'master.unreachable',
      text: { unchanged },
    })
    expect([broken, another, second].map(({ requests }) => requests.length)).toEqual([2, 1, 1])
    const silent = await server(() => undefined)
    await expect(client([silent.url]).send({ ...login, deadlineMs: 50 })).rejects.toMatchObject({
      code: 'master.timedOut',
      text: { unchanged },
    })
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

  test('Followers that name each other are asked once each', async () => {
    const others: string[] = []
    const answer: Answer = (_, response) => void response.writeHead(421).end(others.join(' '))
    const masters = [await server(answer), await server(answer)]
    others.push(...masters.map(({ url }) => url))
    expect(await client(others).send(post)).toMatchObject({ status: 421, origin: others[1] })
    expect(masters.map(({ requests }) => requests.length)).toEqual([1, 1])
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

  test.each(['ETIMEDOUT', 'EHOSTUNREACH', 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'])(
    'A change that was sent is not repeated where its connection dies of %s, which also ends connections that were never made',
    async (code) => {
      const wires: Socket[] = []
      const note = (message: unknown): void => {
        if (typeof message === 'object' && message !== null && 'socket' in message) {
          if (message.socket instanceof Socket) wires.push(message.socket)
        }
      }
      subscribe('undici:client:sendHeaders', note)
      closing.push(() => unsubscribe('undici:client:sendHeaders', note))
      const first = await server(() => wires[0]?.destroy(Object.assign(new Error(code), { code })))
      const second = await server(ok)
      await expect(client([first.url, second.url]).send(post)).rejects.toMatchObject({
        code: 'master.outcomeUnknown',
      })
      expect([first.requests.length, second.requests.length]).toEqual([1, 0])
    },
  )

  test('A question that breaks is asked of the next master, once', async () => {
    const broken: Answer = (_, response) => void response.destroy()
    const masters = [await server(broken), await server(broken), await server(ok)]
    const origins = masters.map(({ url }) => url)
    await expect(client(origins).send(get)).rejects.toMatchObject({ code: 'master.unreachable' })
    expect(masters.map(({ requests }) => requests.length)).toEqual([1, 1, 0])
    const two = [origins[0] ?? '', origins[2] ?? '']
    expect(await client(two).send(get)).toMatchObject({ status: 200, origin: two[1] })
  })

  test('A question and a login do not wait for a master that is silent, a change is asked of nobody else', async () => {
    const silent = await server(() => undefined)
    const alive = await server(ok)
    for (const request of [get, { ...post, isLogin: true }]) {
      const of = client([silent.url, alive.url])
      // Far less than its time, which nothing here comes near.
      const patient = { ...request, deadlineMs: 60_000 }
      expect(await of.send(patient)).toMatchObject({ origin: alive.url })
      // What follows begins with the one that answered; a change too.
      const heard = silent.requests.length
      expect(await of.send(get)).toMatchObject({ origin: alive.url })
      expect(await of.send(post)).toMatchObject({ origin: alive.url })
      expect(silent.requests.length).toBe(heard)
    }
    const before = alive.requests.length
    await expect(client([silent.url, alive.url]).send({ ...post, deadlineMs: 4_000 })).rejects.toMatchObject({
      code: 'master.outcomeUnknown',
    })
    expect(alive.requests.length).toBe(before)
  })

  test('Where every master is silent a question ends with its deadline; one that was only slow still counts', async () => {
    const silent = [await server(() => undefined), await server(() => undefined)]
    const none = client(silent.map(({ url }) => url)).send({ ...get, deadlineMs: 400 })
    await expect(none).rejects.toMatchObject({ code: 'master.timedOut' })
    let answer = (): void => undefined
    const slow = await server((_, response) => void (answer = () => response.end('{"ok":true}')))
    const other = await server(() => answer())
    expect(await client([slow.url, other.url]).send({ ...get, deadlineMs: 60_000 })).toMatchObject({
      origin: slow.url,
    })
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
    // Byte after byte: whoever counts only the time since the last one never sees an end.
    const dripping = await server((_, response) => {
      const drip = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(drip))
    })
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
    await expect(client([endless.url]).send(post)).rejects.toMatchObject({
      code: 'master.outcomeUnknown',
      text: { why: expect.stringContaining('more than 4 MiB') },
    })
  })

  test.each([
    ['a TLS alert', Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x0a])],
    ['a greeting of another protocol', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['headers of more than 64 KiB', Buffer.from(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(70_000)}\r\n\r\n`)],
  ])('What answers with %s is told as no HTTP; a change has an unknown outcome', async (_, bytes) => {
    const port = await listening(createPlainServer((socket) => socket.once('data', () => socket.end(bytes))))
    const other = await server(ok)
    const masters = client([`http://127.0.0.1:${port}`, other.url])
    await expect(masters.send(get)).rejects.toMatchObject({
      code: 'master.badAnswer',
      message: expect.stringContaining('not HTTP'),
    })
    await expect(masters.send(post)).rejects.toMatchObject({ code: 'master.outcomeUnknown' })
    expect(other.requests).toHaveLength(0)
  })

  test('A page of something else is a reply, and says what it is', async () => {
    const portal = await server(
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    )
    const reply = await client([portal.url]).send(get)
    expect(reply).toMatchObject({ status: 200, text: '<html>' })
    expect(reply.header('content-type')).toBe('text/html')
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

  test('A host whose name only begins like an address of this one is another host', async () => {
    await expect(client(['http://127.evil.example:1']).send(post)).rejects.toMatchObject({
      code: 'master.insecure',
    })
  })

  test('Behind a proxy localhost is the proxy’s own, and gets no login over http:', async () => {
    const proxy = await server(ok)
    await expect(client(['http://127.0.0.1:1'], { proxy: proxy.url }).send(post)).rejects.toMatchObject({
      code: 'master.insecure',
    })
    expect(proxy.connections).toBe(0)
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

  test('A header that would begin another line is never sent, and is no fault of the master', async () => {
    const master = await server(ok)
    const error: unknown = await client([master.url])
      .send({ ...post, authorization: 'Bearer canary\r\nx: y' })
      .catch((reason: unknown) => reason)
    expect(error).not.toBeInstanceOf(HoldfastError)
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).not.toContain('canary')
    expect(master.requests).toHaveLength(0)
  })

  test('Closing ends what is under way', async () => {
    const silent = await server(() => void masters.close())
    const masters = client([silent.url])
    await expect(masters.send(post)).rejects.toMatchObject({ code: 'cancelled' })
    await silent.allClosed()
  })

  test('A proxy is asked for an IPv6 address in brackets, and its refusal is told', async () => {
    const asked: string[] = []
    const proxy = createHttpServer()
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    const options = { proxy: `http://127.0.0.1:${await listening(proxy)}` }
    await expect(client(['http://[2001:db8::1]:8080'], options).send(get)).rejects.toMatchObject({
      code: 'master.unreachable',
      message: expect.stringContaining('It answers 403.'),
    })
    expect(asked).toEqual(['[2001:db8::1]:8080'])
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
    const proxyUrl = `http://127.0.0.1:${await listening(proxy)}`
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
