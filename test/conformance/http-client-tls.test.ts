import { createServer as createHttpServer } from 'node:http'
import { connect as connectTcp, createServer as createPlainServer } from 'node:net'
import { createServer as createTlsServer } from 'node:https'
import { X509Certificate, createHash, createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, test } from 'vitest'
import { openHttp } from '../../src/main/adapters/http/open-http.ts'
import { tlsFailure } from '../../src/main/adapters/tls-trust/tls-failure.ts'
import type { TlsTrust } from '../../src/main/ports/tls-trust.ts'
import { makeAuthority } from '../lab/certificates.ts'
import { client, get, listening, ok, post, server, trust } from './http-lab.ts'

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
    expect(await refusedWith(master.url, trust)).toContain(
      'issued by “lab”, an authority that is not believed',
    )
    expect(await refusedWith(master.url, { ...trust, caFile: other.file })).toContain('not believed')
    expect(master.requests).toHaveLength(1)
  })

  test('An expired certificate is refused with its date, and with a pin too', async () => {
    const old = authority.issue('IP:127.0.0.1', -1)
    const master = await server(ok, old)
    const date = new Date(new X509Certificate(old.cert).validTo).toISOString().slice(0, 10)
    expect(await refusedWith(master.url, trusted)).toContain(`expired on ${date}`)
    expect(await refusedWith(master.url, { ...trust, pin: pinOf(old.cert) })).toContain(`expired on ${date}`)
    expect(master.requests).toHaveLength(0)
  })

  test('Where the clock of this machine is behind, a pinned certificate is not valid yet, and the clock is named', async () => {
    const master = await server(ok, good)
    const tls = { ...trust, pin: pinOf(good.cert) }
    const longAgo = Date.parse('2001-01-01T00:00:00Z')
    const masters = openHttp(
      { origins: [master.url], basePath: '', tls, proxy: null, allowPlaintextCredentials: false },
      () => longAgo,
    )
    await expect(masters.send(post)).rejects.toMatchObject({
      code: 'master.tls',
      text: {
        why: expect.stringContaining('is not valid yet, but from 20'),
        unchanged: 'Nothing was sent to it.',
        next: expect.stringContaining('Set the clock of this machine'),
      },
    })
    await masters.close()
    // As node:tls calls it for a certificate whose chain is judged.
    const ofChain = tlsFailure(Object.assign(new Error('no'), { code: 'CERT_NOT_YET_VALID' }))
    expect(ofChain?.next).toContain('Set the clock of this machine')
    expect(master.requests).toHaveLength(0)
  })

  test('A certificate signed by itself is refused with its key, which can be given as the pin', async () => {
    const own = {
      cert: readFileSync(authority.file, 'utf8'),
      key: readFileSync(join(dirname(authority.file), 'ca.key'), 'utf8'),
    }
    const master = await server(ok, own)
    const said = await refusedWith(master.url, trust)
    expect(said).toContain('signed by itself alone')
    expect(said).toContain(pinOf(own.cert))
    const tls = { ...trust, pin: pinOf(own.cert) }
    expect(await client([master.url], { tls }).send(post)).toMatchObject({ status: 200 })
  })

  test('A master that is not believed over https: is not asked over http: instead', async () => {
    const secure = await server(ok, good)
    const plain = await server(ok)
    const options = { tls: trust, allowPlaintextCredentials: true }
    await expect(client([secure.url, plain.url], options).send(post)).rejects.toMatchObject({
      code: 'master.tls',
    })
    expect(plain.requests).toHaveLength(0)
  })

  test('A leader is not followed from https: to http:', async () => {
    const plain = await server(ok)
    const follower = await server((_, response) => void response.writeHead(421).end(plain.url), good)
    expect(await client([follower.url, plain.url], { tls: trusted }).send(post)).toMatchObject({
      status: 421,
    })
    expect(plain.requests).toHaveLength(0)
  })

  test('A server that takes the connection and never shakes hands was sent nothing', async () => {
    const port = await listening(createPlainServer(() => undefined))
    await expect(
      client([`https://127.0.0.1:${port}`], { tls: trusted }).send({ ...post, deadlineMs: 50 }),
    ).rejects.toMatchObject({ code: 'master.unreachable', text: { unchanged: 'Nothing was sent to it.' } })
  })

  test('The name that is asked for is that of the connection', async () => {
    const asked: (string | false | undefined)[] = []
    const secured = createTlsServer(
      {
        ...named,
        SNICallback: (name, done) => {
          asked.push(name)
          done(null)
        },
      },
      (_, response) => void response.end('{}'),
    )
    const origin = `https://127.0.0.1:${await listening(secured)}`
    await client([origin], { tls: { ...trusted, serverName: 'master.example' } }).send(get)
    expect(asked).toEqual(['master.example'])
  })

  test('A key of the client that cannot be used is told before anything is sent', async () => {
    const master = await server(ok, good)
    const certFile = file('own.pem', clientPair.cert)
    const passphrase = 'canary-passphrase'
    const sealed = createPrivateKey(clientPair.key)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
      .toString()
    const sealedFile = file('sealed.key', sealed)
    const using = (keyFile: string, given: string | null): TlsTrust => ({
      ...trusted,
      clientCertificate: { certFile, keyFile, passphrase: given },
    })
    const fails = async (tls: TlsTrust, words: string): Promise<void> => {
      await expect(client([master.url], { tls }).send(post)).rejects.toMatchObject({
        code: 'master.tls',
        message: expect.stringContaining(words),
      })
    }
    await fails(using(file('other.key', good.key), null), 'not the one of the certificate')
    await fails(using(sealedFile, null), 'passphrase')
    await fails(using(sealedFile, 'wrong'), 'the passphrase does not open it')
    await fails(using(certFile, null), 'not in PEM form')
    expect(master.connections).toBe(0)
    const opened = await client([master.url], { tls: using(sealedFile, passphrase) }).send(post)
    expect(opened).toMatchObject({ status: 200 })
  })

  test('A file of authorities that holds none is told, and may be put right before the next request', async () => {
    const master = await server(ok, good)
    const caFile = file('empty-ca.pem', 'nothing')
    const masters = client([master.url], { tls: { ...trust, caFile } })
    await expect(masters.send(post)).rejects.toMatchObject({
      code: 'master.tls',
      message: expect.stringContaining('holds no authority'),
    })
    file('empty-ca.pem', readFileSync(authority.file, 'utf8'))
    expect(await masters.send(post)).toMatchObject({ status: 200 })
  })

  test('TLS is spoken with the master, not with the proxy between', async () => {
    const master = await server(ok, good)
    const proxy = createHttpServer()
    proxy.on('connect', (_, socket) => {
      const onward = connectTcp(Number(new URL(master.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.pipe(socket).pipe(onward)
      })
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    const options = { proxy: `http://127.0.0.1:${await listening(proxy)}` }
    expect(await client([master.url], { ...options, tls: trusted }).send(post)).toMatchObject({ status: 200 })
    await expect(client([master.url], { ...options, tls: trust }).send(post)).rejects.toMatchObject({
      code: 'master.tls',
    })
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
    expect(await refusedWith(master.url, trusted)).toContain(
      'for another name: it has “master.example”, and not “127.0.0.1”',
    )
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
    const port = await listening(plain)
    expect(await refusedWith(`https://127.0.0.1:${port}`, trusted)).toContain('does not speak TLS')
    expect(Buffer.concat(seen).includes('canary')).toBe(false)
  })

  test('A client certificate is shown where the server asks for one', async () => {
    const secured = createTlsServer(
      { ...good, ca: [readFileSync(authority.file)], requestCert: true, rejectUnauthorized: true },
      (_, response) => void response.end('{}'),
    )
    const origin = `https://127.0.0.1:${await listening(secured)}`
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
    const origin = `https://127.0.0.1:${await listening(old)}`
    expect(await refusedWith(origin, trusted)).toContain('speaks no version of TLS')
  })
})
