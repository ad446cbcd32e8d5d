import type { ServerHttp2Stream } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { OpenGrpc } from '../../src/main/ports/grpc-client.ts'
import { armadaProtocol } from '../../src/main/systems/armada/protocol.ts'
import { kisekiProtocol } from '../../src/main/systems/kiseki/protocol.ts'
import { all, backup, deadlineMs, grpcLab, happening, list, restore, stallMs } from './grpc-lab.ts'

/** What a client does with servers that lie. */
export function grpcHostile(open: OpenGrpc): void {
  const lab = grpcLab(open)

  describe('answers that cannot be used', () => {
    const reply =
      (...frames: readonly Uint8Array[]) =>
      (stream: ServerHttp2Stream) => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
        for (const frame of frames) stream.write(frame)
        stream.end()
      }

    it.each([
      ['bytes that are no message', framed(Buffer.from([0xff, 0xff, 0xff]))],
      ['a length beyond the end', framed(Buffer.from([0x0a, 0x7f, 0x01]))],
      ['a message of 5 MiB', framed(Buffer.alloc(5 * 1024 * 1024))],
      ['a length of 4 GiB', Buffer.from([0, 0xff, 0xff, 0xff, 0xff])],
    ])('refuses %s', async (_, frame) => {
      const client = lab.connect(await lab.serveRaw(reply(frame)), kisekiProtocol)
      await expect(client.unary({ method: list, deadlineMs }, {})).rejects.toMatchObject({
        code: 'master.badAnswer',
      })
    })

    it('refuses a small message that becomes a large one', async () => {
      const bomb = framed(gzipSync(Buffer.alloc(64 * 1024 * 1024)), true)
      const target = await lab.serveRaw((stream) => {
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc', 'grpc-encoding': 'gzip' },
          { waitForTrailers: true },
        )
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
        stream.end(bomb)
      })
      await expect(
        lab.connect(target, kisekiProtocol).unary({ method: list, deadlineMs }, {}),
      ).rejects.toMatchObject({ code: 'master.badAnswer' })
    })

    it.each(['identity', 'snappy'])(
      'refuses a message that says it is compressed where its encoding is %s',
      async (encoding) => {
        const target = await lab.serveRaw((stream) => {
          stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-encoding': encoding })
          stream.write(framed(Buffer.from([1, 2, 3]), true))
        })
        await expect(
          lab.connect(target, kisekiProtocol).unary({ method: list, deadlineMs }, {}),
        ).rejects.toMatchObject({ code: 'master.badAnswer' })
      },
    )

    it('refuses an answer with no message, and one with two', async () => {
      const none = lab.connect(await lab.serveRaw(reply()), kisekiProtocol)
      await expect(none.unary({ method: list, deadlineMs }, {})).rejects.toMatchObject({
        code: 'master.badAnswer',
      })
      const empty = framed(Buffer.alloc(0))
      const two = lab.connect(await lab.serveRaw(reply(empty, empty)), kisekiProtocol)
      await expect(two.unary({ method: list, deadlineMs }, {})).rejects.toMatchObject({
        code: 'master.badAnswer',
      })
    })

    it('refuses a page of HTML', async () => {
      const target = await lab.serveRaw((stream) => {
        stream.respond({ ':status': 404, 'content-type': 'text/html' })
        stream.end('<html>not here</html>')
      })
      await expect(
        lab.connect(target, kisekiProtocol).unary({ method: list, deadlineMs }, {}),
      ).rejects.toMatchObject({ code: 'master.badAnswer', message: expect.stringContaining('404') })
    })

    it('ends a stream of empty messages that has no end', async () => {
      const ended = happening()
      const target = await lab.serveRaw((stream) => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
        const empties = Buffer.alloc(5 * 100)
        const more = (): void => {
          while (!stream.destroyed && stream.write(empties));
        }
        stream.on('drain', more)
        stream.on('close', () => ended.happen())
        more()
      })
      const call = { method: backup, deadlineMs, stallMs }
      await expect(all(lab.connect(target, armadaProtocol).serverStream(call, {}))).rejects.toMatchObject({
        code: 'master.badAnswer',
        message: expect.stringContaining('empty messages'),
      })
      await ended.happened
    })

    it('keeps names that would reach into objects where they are', async () => {
      // regatta.v1.StatusResponse, tables {"__proto__": {leader: "evil"}}
      const entry = Buffer.concat([
        Buffer.from([0x0a, 9]),
        Buffer.from('__proto__'),
        Buffer.from([0x12, 6, 0x22, 4]),
        Buffer.from('evil'),
      ])
      const target = await lab.serveRaw(
        reply(framed(Buffer.concat([Buffer.from([0x22, entry.length]), entry]))),
      )
      const method = '/regatta.v1.Cluster/Status'
      const status = await lab.connect(target, armadaProtocol).unary({ method, deadlineMs }, {})
      expect(Reflect.get({}, 'leader')).toBeUndefined()
      expect(Reflect.get(Object(status['tables']), 'leader')).toBeUndefined()
    })

    it('sends no message above 4 MiB', async () => {
      const server = await lab.serve(armadaProtocol, {
        [restore]: { clientStream: async (requests) => ({ ...(await all(requests))[0] }) },
      })
      const source = (async function* () {
        yield { chunk: { data: Buffer.alloc(5 * 1024 * 1024) } }
      })()
      await expect(
        lab.connect(server.target, armadaProtocol).clientStream({ method: restore, deadlineMs }, source),
      ).rejects.toMatchObject({ code: 'master.refused', message: expect.stringContaining('4 MiB') })
    })
  })
}

function framed(message: Buffer, isCompressed = false): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(isCompressed ? 1 : 0, 0)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}
