import { createHash, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenGrpc } from '../../src/main/ports/grpc-client.ts'
import type { TlsTrust } from '../../src/main/ports/tls-trust.ts'
import { armadaProtocol } from '../../src/main/systems/armada/protocol.ts'
import { kisekiProtocol } from '../../src/main/systems/kiseki/protocol.ts'
import { makeAuthority, type Authority } from '../lab/certificates.ts'
import { LabStatus, startGrpcServer, type LabHandler } from '../lab/grpc-server.ts'
import {
  all,
  backup,
  create,
  deadlineMs,
  grpcLab,
  happening,
  list,
  never,
  restore,
  stallMs,
  tables,
} from './grpc-lab.ts'

const believing: TlsTrust = {
  caFile: null,
  pin: null,
  serverName: null,
  clientCertificate: null,
  unverifiedBecause: null,
}

/** Whom a client connects to, whom it believes, and what it sends to whom. */
export function grpcConnections(open: OpenGrpc): void {
  const lab = grpcLab(open)
  let authority: Authority | null = null
  let stranger: Authority | null = null
  beforeAll(() => {
    authority = makeAuthority()
    stranger = makeAuthority()
  })
  afterAll(() => {
    authority?.remove()
    stranger?.remove()
  })

  describe('connections', () => {
    it('tells an address at which nothing listens, and connects as soon as something does', async () => {
      const first = await startGrpcServer(kisekiProtocol, { [list]: { unary: () => ({}) } })
      await first.stop()
      const client = lab.connect(first.target, kisekiProtocol)
      await expect(client.unary({ method: list, deadlineMs }, {})).rejects.toMatchObject({
        code: 'master.unreachable',
        message: expect.stringContaining('Nothing listens there.'),
      })
      await lab.serve(kisekiProtocol, { [list]: { unary: () => ({}) } }, { port: first.port })
      await expect(client.unary({ method: list, deadlineMs }, {})).resolves.toEqual({ snapshots: [] })
    })

    it('tells a host that no name server knows', async () => {
      const client = lab.connect('no-such-host.invalid:9100', kisekiProtocol)
      await expect(client.unary({ method: list, deadlineMs }, {})).rejects.toMatchObject({
        code: 'master.unreachable',
      })
    })

    it('gives up a server that takes the connection and never speaks', async () => {
      const target = await lab.serveTcp(() => undefined)
      await expect(
        lab.connect(target, kisekiProtocol).unary({ method: list, deadlineMs: 300 }, {}),
      ).rejects.toMatchObject({
        code: 'master.unreachable',
        message: expect.stringContaining('says nothing'),
      })
    })

    it('tells a port that speaks TLS from one that speaks plaintext', async ({ skip }) => {
      if (authority === null) return skip('openssl is not there')
      const tls = authority.issue('IP:127.0.0.1', 1)
      const secured = await lab.serve(kisekiProtocol, { [list]: { unary: () => ({}) } }, { tls })
      const plain = await lab.serve(kisekiProtocol, { [list]: { unary: () => ({}) } })
      const call = { method: list, deadlineMs }
      await expect(lab.connect(secured.target, kisekiProtocol).unary(call, {})).rejects.toMatchObject({
        code: 'master.tls',
        message: expect.stringContaining('speaks no gRPC in plaintext'),
      })
      await expect(
        lab.connect(plain.target, kisekiProtocol, believing).unary(call, {}),
      ).rejects.toMatchObject({
        code: 'master.tls',
        message: expect.stringContaining('It does not speak TLS on this port.'),
      })
      expect([...secured.calls, ...plain.calls]).toEqual([])
    })

    it('sends nothing a second time where the connection breaks in the middle', async () => {
      let asked = 0
      const target = await lab.serveRaw((stream) => {
        asked += 1
        stream.session?.destroy()
      })
      await expect(
        lab.connect(target, kisekiProtocol).unary({ method: create, deadlineMs }, {}),
      ).rejects.toMatchObject({ code: 'master.outcomeUnknown' })
      expect(asked).toBe(1)
    })

    it('calls the outcome unknown where a stream is reset, or ends without a status', async () => {
      let asked = 0
      const target = await lab.serveRaw((stream) => {
        asked += 1
        if (asked === 1) stream.close(2)
        else if (asked === 2) stream.close(8)
        else {
          stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
          stream.end()
        }
      })
      const client = lab.connect(target, kisekiProtocol)
      for (let turn = 1; turn <= 3; turn += 1) {
        await expect(client.unary({ method: create, deadlineMs }, {})).rejects.toMatchObject({
          code: 'master.outcomeUnknown',
        })
        expect(asked).toBe(turn)
      }
    })

    it('takes no proxy from the environment', async () => {
      let asked = 0
      const proxy = await lab.serveTcp((socket) => {
        asked += 1
        socket.destroy()
      })
      const server = await lab.serve(kisekiProtocol, { [list]: { unary: () => ({}) } })
      const names = ['http_proxy', 'grpc_proxy', 'https_proxy'] as const
      const before = names.map((name) => process.env[name])
      for (const name of names) process.env[name] = `http://${proxy}`
      try {
        await lab.connect(server.target, kisekiProtocol).unary({ method: list, deadlineMs }, {})
      } finally {
        for (const [place, name] of names.entries()) {
          const value = before[place]
          if (value === undefined) delete process.env[name]
          else process.env[name] = value
        }
      }
      expect(asked).toBe(0)
    })

    it('ends what is under way when it is closed', async () => {
      const ended = happening()
      const server = await lab.serve(kisekiProtocol, {
        [list]: { unary: (_, call) => never(call.signal, ended) },
      })
      const client = lab.connect(server.target, kisekiProtocol)
      const reply = client.unary({ method: list, deadlineMs }, {})
      await server.arrived(1)
      client.close()
      await expect(reply).rejects.toMatchObject({ code: 'cancelled' })
      await ended.happened
    })
  })

  describe('TLS', () => {
    const call = { method: list, deadlineMs }
    const answering = { [list]: { unary: () => ({}) } }
    let folder = ''
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'hf-grpc-'))
    })
    afterAll(() => rm(folder, { recursive: true }))

    it('believes a private authority that the connection names, and no other one', async ({ skip }) => {
      if (authority === null || stranger === null) return skip('openssl is not there')
      const server = await lab.serve(kisekiProtocol, answering, { tls: authority.issue('IP:127.0.0.1', 1) })
      const trusting = { ...believing, caFile: authority.file }
      await expect(lab.connect(server.target, kisekiProtocol, trusting).unary(call, {})).resolves.toEqual({
        snapshots: [],
      })
      for (const caFile of [null, stranger.file]) {
        await expect(
          lab.connect(server.target, kisekiProtocol, { ...believing, caFile }).unary(call, {}),
        ).rejects.toMatchObject({
          code: 'master.tls',
          message: expect.stringContaining('an authority that is not believed'),
        })
      }
      expect(server.calls).toEqual([list])
    })

    it('wants the name of the host in the certificate, or the one that the connection gives', async ({
      skip,
    }) => {
      if (authority === null) return skip('openssl is not there')
      const server = await lab.serve(kisekiProtocol, answering, {
        tls: authority.issue('DNS:kiseki-1.example', 1),
      })
      const trusting = { ...believing, caFile: authority.file }
      await expect(
        lab.connect(server.target, kisekiProtocol, trusting).unary(call, {}),
      ).rejects.toMatchObject({
        code: 'master.tls',
        message: expect.stringContaining('for another name'),
      })
      const named = { ...trusting, serverName: 'kiseki-1.example' }
      await expect(lab.connect(server.target, kisekiProtocol, named).unary(call, {})).resolves.toEqual({
        snapshots: [],
      })
    })

    it('with a pin believes that key alone, whoever signed it and for whatever name', async ({ skip }) => {
      if (stranger === null) return skip('openssl is not there')
      const pinned = stranger.issue('DNS:somebody.example', 1)
      const server = await lab.serve(kisekiProtocol, answering, { tls: pinned })
      const other = await lab.serve(kisekiProtocol, answering, { tls: stranger.issue('IP:127.0.0.1', 1) })
      const trust = { ...believing, pin: pinOf(pinned.cert) }
      await expect(lab.connect(server.target, kisekiProtocol, trust).unary(call, {})).resolves.toEqual({
        snapshots: [],
      })
      await expect(lab.connect(other.target, kisekiProtocol, trust).unary(call, {})).rejects.toMatchObject({
        code: 'master.tls',
        message: expect.stringContaining(`the pin is ${trust.pin}`),
      })
      expect(other.calls).toEqual([])
    })

    it('believes any certificate where the operator gave a reason for it', async ({ skip }) => {
      if (stranger === null) return skip('openssl is not there')
      const server = await lab.serve(kisekiProtocol, answering, {
        tls: stranger.issue('DNS:somebody.example', 1),
      })
      const trust = { ...believing, unverifiedBecause: 'a lab that lives for an hour' }
      await expect(lab.connect(server.target, kisekiProtocol, trust).unary(call, {})).resolves.toEqual({
        snapshots: [],
      })
    })

    it('shows its own certificate to a server that asks for one, and says so where it has none', async ({
      skip,
    }) => {
      if (authority === null) return skip('openssl is not there')
      const clientAuthority = await readFile(authority.file, 'utf8')
      const server = await lab.serve(kisekiProtocol, answering, {
        tls: { ...authority.issue('IP:127.0.0.1', 1), clientAuthority },
      })
      const own = authority.issue('DNS:holdfast', 1)
      const clientCertificate = {
        certFile: join(folder, 'own.pem'),
        keyFile: join(folder, 'own.key'),
        passphrase: null,
      }
      await writeFile(clientCertificate.certFile, own.cert)
      await writeFile(clientCertificate.keyFile, own.key)
      const trusting = { ...believing, caFile: authority.file }
      await expect(
        lab.connect(server.target, kisekiProtocol, trusting).unary(call, {}),
      ).rejects.toMatchObject({
        code: 'master.tls',
        message: expect.stringContaining('asks for a client certificate'),
      })
      expect(server.calls).toEqual([])
      await expect(
        lab.connect(server.target, kisekiProtocol, { ...trusting, clientCertificate }).unary(call, {}),
      ).resolves.toEqual({ snapshots: [] })
    })

    it('names a file of the connection that cannot be read', async ({ skip }) => {
      if (authority === null) return skip('openssl is not there')
      const server = await lab.serve(kisekiProtocol, answering, { tls: authority.issue('IP:127.0.0.1', 1) })
      const caFile = join(folder, 'not-there.pem')
      await expect(
        lab.connect(server.target, kisekiProtocol, { ...believing, caFile }).unary(call, {}),
      ).rejects.toMatchObject({ code: 'master.tls', message: expect.stringContaining(caFile) })
    })

    it('sends a token over TLS, and over plaintext not a single packet', async ({ skip }) => {
      let shown: string | null = null
      let refuses = false
      let connections = 0
      const target = await lab.serveTcp(() => {
        connections += 1
      })
      const token = 'a token of the lab'
      const client = lab.connect(target, armadaProtocol)
      await expect(client.unary({ method: tables, deadlineMs, token }, {})).rejects.toMatchObject({
        code: 'master.insecure',
      })
      await expect(
        all(client.serverStream({ method: backup, deadlineMs, stallMs, token }, {})),
      ).rejects.toMatchObject({ code: 'master.insecure' })
      await expect(
        client.clientStream({ method: restore, deadlineMs, token }, (async function* () {})()),
      ).rejects.toMatchObject({ code: 'master.insecure' })
      expect(connections).toBe(0)
      if (authority === null) return skip('openssl is not there')
      const handlers: Record<string, LabHandler> = {
        [tables]: {
          unary: (_, { metadata }) => {
            shown = metadata('authorization')
            if (refuses) throw new LabStatus('PERMISSION_DENIED', `What is ${shown} to me?`)
            return {}
          },
        },
      }
      const server = await lab.serve(armadaProtocol, handlers, { tls: authority.issue('IP:127.0.0.1', 1) })
      const secure = lab.connect(server.target, armadaProtocol, { ...believing, caFile: authority.file })
      await secure.unary({ method: tables, deadlineMs, token }, {})
      expect(shown).toBe(`Bearer ${token}`)
      // A server may repeat what it was sent; nobody is shown that.
      refuses = true
      await expect(secure.unary({ method: tables, deadlineMs, token }, {})).rejects.toMatchObject({
        message: expect.stringContaining('What is Bearer [withheld] to me?'),
      })
    })
  })
}

function pinOf(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256/${createHash('sha256').update(key).digest('base64')}`
}
