import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { OpenGrpc, GrpcClient, GrpcMessage } from '../../src/main/ports/grpc-client.ts'
import { armadaProtocol } from '../../src/main/systems/armada/protocol.ts'
import { kisekiProtocol } from '../../src/main/systems/kiseki/protocol.ts'
import { LabStatus } from '../lab/grpc-server.ts'
import {
  all,
  backup,
  bytesIn,
  create,
  deadlineMs,
  endless,
  grpcLab,
  happening,
  list,
  never,
  restore,
  stallMs,
  tables,
} from './grpc-lab.ts'

/** What a client does with servers that keep to the protocol. */
export function grpcCalls(open: OpenGrpc): void {
  const lab = grpcLab(open)

  describe('messages', () => {
    it('gives 64-bit numbers as decimal strings, bytes as they were, and unset fields their defaults', async () => {
      const largest = '18446744073709551615'
      const server = await lab.serve(kisekiProtocol, {
        [create]: { unary: () => ({ snapshot_id: 'one', metadata_bytes: largest }) },
      })
      const reply = await lab.connect(server.target, kisekiProtocol).unary({ method: create, deadlineMs }, {})
      expect(reply).toEqual({
        snapshot_id: 'one',
        metadata_bytes: largest,
        data_bytes: '0',
        shard_count: '0',
        created_at: '',
        elapsed_millis: '0',
      })
    })

    it('gives a stream in its order, and ends with it', async () => {
      const server = await lab.serve(armadaProtocol, {
        [backup]: {
          async *serverStream({ table }) {
            yield { data: table, len: '6' }
            yield { data: Buffer.from([0, 255]), len: '2' }
          },
        },
      })
      const chunks = await all(
        lab
          .connect(server.target, armadaProtocol)
          .serverStream({ method: backup, deadlineMs, stallMs }, { table: Buffer.from('orders') }),
      )
      expect(chunks.map((chunk) => Buffer.from(bytesIn(chunk, 'data')).toString('hex'))).toEqual([
        Buffer.from('orders').toString('hex'),
        '00ff',
      ])
    })

    it('sends a stream in its order, and gives the one answer', async () => {
      const seen: string[] = []
      const server = await lab.serve(armadaProtocol, {
        [restore]: {
          async clientStream(requests) {
            for await (const { data, info, chunk } of requests) {
              seen.push(
                `${String(data)} ${data === 'info' ? Buffer.from(bytesIn(info, 'table')).toString() : Buffer.from(bytesIn(chunk, 'data')).toString()}`,
              )
            }
            return {}
          },
        },
      })
      const reply = await lab.connect(server.target, armadaProtocol).clientStream(
        { method: restore, deadlineMs },
        (async function* () {
          yield { info: { table: Buffer.from('orders') } }
          yield { chunk: { data: Buffer.from('a') } }
          yield { chunk: { data: Buffer.from('b') } }
        })(),
      )
      expect(reply).toEqual({})
      expect(seen).toEqual(['info orders', 'chunk a', 'chunk b'])
    })

    it('sends what is asked for as metadata', async () => {
      let role: string | null = null
      const server = await lab.serve(kisekiProtocol, {
        [list]: {
          unary: (_, call) => {
            role = call.metadata('x-kiseki-role')
            return {}
          },
        },
      })
      const call = { method: list, deadlineMs, metadata: { 'x-kiseki-role': 'cluster-admin' } }
      await lab.connect(server.target, kisekiProtocol).unary(call, {})
      expect(role).toBe('cluster-admin')
    })

    it('takes on no method that the packaged protocol does not have, or has in another shape', async () => {
      const server = await lab.serve(kisekiProtocol, {})
      const client = lab.connect(server.target, kisekiProtocol)
      await expect(
        client.unary({ method: '/kiseki.v1.AdminService/DeleteAll', deadlineMs }, {}),
      ).rejects.toThrow('not in the packaged protocol')
      await expect(all(client.serverStream({ method: list, deadlineMs, stallMs }, {}))).rejects.toThrow(
        'not in the packaged protocol',
      )
    })
  })

  describe('statuses', () => {
    it.each([
      ['UNAUTHENTICATED', 'master.refusedLogin'],
      ['PERMISSION_DENIED', 'master.refusedLogin'],
      ['UNIMPLEMENTED', 'master.notOffered'],
      ['UNAVAILABLE', 'master.notReady'],
      ['FAILED_PRECONDITION', 'master.refused'],
      ['INTERNAL', 'master.refused'],
      ['UNKNOWN', 'master.refused'],
      ['CANCELLED', 'master.refused'],
    ] as const)('tells %s of a server as %s, with its words', async (status, code) => {
      const server = await lab.serve(kisekiProtocol, {
        [list]: {
          unary: () => {
            throw new LabStatus(status, 'the reason of the server')
          },
        },
      })
      await expect(
        lab.connect(server.target, kisekiProtocol).unary({ method: list, deadlineMs }, {}),
      ).rejects.toMatchObject({ code, message: expect.stringContaining('the reason of the server') })
      expect(server.calls).toEqual([list])
    })

    it('tells a status that comes without a word', async () => {
      const server = await lab.serve(kisekiProtocol, {
        [list]: {
          unary: () => {
            throw new LabStatus('UNAUTHENTICATED', '')
          },
        },
      })
      const reply = lab.connect(server.target, kisekiProtocol).unary({ method: list, deadlineMs }, {})
      await expect(reply).rejects.toMatchObject({
        code: 'master.refusedLogin',
        text: { what: `${list} of ${server.target} ends with UNAUTHENTICATED.` },
      })
    })

    it('tells a method that the server does not have', async () => {
      const server = await lab.serve(kisekiProtocol, { [list]: { unary: () => ({}) } })
      const client = lab.connect(server.target, kisekiProtocol)
      await expect(client.unary({ method: create, deadlineMs }, {})).rejects.toMatchObject({
        code: 'master.notOffered',
      })
    })

    it('writes out what could act on a screen in the words of a server', async () => {
      const server = await lab.serve(kisekiProtocol, {
        [list]: {
          unary: () => {
            throw new LabStatus('INTERNAL', 'red \u001b[31m and \u202eback')
          },
        },
      })
      const reply = lab.connect(server.target, kisekiProtocol).unary({ method: list, deadlineMs }, {})
      // The whole text but for what the server wrote is this product's, so that nothing else of it can act.
      await expect(reply).rejects.toMatchObject({
        message: expect.stringContaining('It says: “red \\u001b[31m and \\u202eback”.'),
      })
    })

    it('tells a stream that ends with a status after its messages', async () => {
      const server = await lab.serve(armadaProtocol, {
        [backup]: {
          async *serverStream() {
            yield { data: Buffer.from('a') }
            throw new LabStatus('UNKNOWN', 'table not found')
          },
        },
      })
      const taken: GrpcMessage[] = []
      await expect(
        (async () => {
          const call = { method: backup, deadlineMs, stallMs }
          for await (const one of lab.connect(server.target, armadaProtocol).serverStream(call, {}))
            taken.push(one)
        })(),
      ).rejects.toMatchObject({
        code: 'master.refused',
        message: expect.stringContaining('table not found'),
      })
      expect(taken).toHaveLength(1)
    })
  })

  describe('time', () => {
    it('ends a call at its deadline, on the server too', async () => {
      const ended = happening()
      const server = await lab.serve(kisekiProtocol, {
        [list]: { unary: (_, call) => never(call.signal, ended) },
      })
      await expect(
        lab.connect(server.target, kisekiProtocol).unary({ method: list, deadlineMs: 300 }, {}),
      ).rejects.toMatchObject({ code: 'master.timedOut' })
      await ended.happened
    })

    it('ends a stream that has stopped, on the server too', async () => {
      const ended = happening()
      const server = await lab.serve(armadaProtocol, {
        [backup]: {
          async *serverStream(_, call) {
            yield { data: Buffer.from('a') }
            await never(call.signal, ended)
          },
        },
      })
      const call = { method: backup, deadlineMs, stallMs: 300 }
      await expect(
        all(lab.connect(server.target, armadaProtocol).serverStream(call, {})),
      ).rejects.toMatchObject({
        code: 'master.timedOut',
        message: expect.stringContaining('has stopped'),
      })
      await ended.happened
    })

    it('cancels a call of each shape on the server when its signal aborts', async () => {
      const [ended0, ended1, ended2] = [happening(), happening(), happening()]
      const server = await lab.serve(armadaProtocol, {
        [tables]: { unary: (_, call) => never(call.signal, ended0) },
        [backup]: {
          async *serverStream(_, call) {
            yield { data: Buffer.from('a') }
            await never(call.signal, ended1)
          },
        },
        [restore]: { clientStream: (_, call) => never(call.signal, ended2) },
      })
      const client = lab.connect(server.target, armadaProtocol)
      const stop = new AbortController()
      const replies = [
        client.unary({ method: tables, deadlineMs }, {}, stop.signal),
        all(client.serverStream({ method: backup, deadlineMs, stallMs }, {}, stop.signal)),
        client.clientStream({ method: restore, deadlineMs }, endless(), stop.signal),
      ]
      for (const reply of replies) reply.catch(() => undefined)
      await server.arrived(3)
      stop.abort()
      for (const reply of replies) await expect(reply).rejects.toMatchObject({ code: 'cancelled' })
      for (const { happened } of [ended0, ended1, ended2]) await happened
      await expect(client.unary({ method: tables, deadlineMs }, {}, stop.signal)).rejects.toMatchObject({
        code: 'cancelled',
      })
      expect(server.calls).toHaveLength(3)
    })

    it('cancels a stream on the server when its taker has enough', async () => {
      const ended = happening()
      const server = await lab.serve(armadaProtocol, {
        [backup]: {
          async *serverStream(_, call) {
            yield { data: Buffer.from('a') }
            await never(call.signal, ended)
          },
        },
      })
      const call = { method: backup, deadlineMs, stallMs }
      for await (const message of lab.connect(server.target, armadaProtocol).serverStream(call, {})) {
        expect(message).toMatchObject({ len: '0' })
        break
      }
      await ended.happened
    })

    it('ends a stream of a client whose source fails, with that failure', async () => {
      const ended = happening()
      const server = await lab.serve(armadaProtocol, {
        [restore]: { clientStream: (_, call) => never(call.signal, ended) },
      })
      const client = lab.connect(server.target, armadaProtocol)
      const failing = (async function* () {
        yield { info: { table: Buffer.from('orders') } }
        await server.arrived(1)
        throw new Error('the bucket is gone')
      })()
      await expect(client.clientStream({ method: restore, deadlineMs }, failing)).rejects.toThrow(
        'the bucket is gone',
      )
      await ended.happened
    })

    it('tells a refusal that comes before everything was sent, and asks its source for no more', async () => {
      let hasReturned = false
      const server = await lab.serve(armadaProtocol, {
        [restore]: {
          clientStream: () => {
            throw new LabStatus('UNKNOWN', 'first message should contain info')
          },
        },
      })
      const source = (async function* () {
        try {
          yield* endless()
        } finally {
          hasReturned = true
        }
      })()
      await expect(
        lab.connect(server.target, armadaProtocol).clientStream({ method: restore, deadlineMs }, source),
      ).rejects.toMatchObject({ message: expect.stringContaining('first message should contain info') })
      expect(hasReturned).toBe(true)
    })
  })

  describe('memory', () => {
    const block = Buffer.alloc(64 * 1024)
    const blocks = 1_024
    /** What the window of HTTP/2, the message in hand and the buffers of the two ends hold: far below the 64 MiB that are offered. */
    const mostAhead = 256

    it('lets a server send no more than a slow taker takes', async () => {
      let sent = 0
      const server = await lab.serve(armadaProtocol, {
        [backup]: {
          async *serverStream() {
            for (; sent < blocks; sent += 1) yield { data: block }
          },
        },
        [tables]: { unary: () => ({}) },
      })
      const client = lab.connect(server.target, armadaProtocol)
      const call = { method: backup, deadlineMs: 120_000, stallMs }
      let taken = 0
      let mostUntaken = 0
      for await (const message of client.serverStream(call, {})) {
        taken += 1
        expect(bytesIn(message, 'data').length).toBe(block.length)
        // The server is given many turns while nothing is taken.
        if (taken === 1 || taken === 500) {
          for (let turn = 0; turn < 200; turn += 1) await client.unary({ method: tables, deadlineMs }, {})
        }
        mostUntaken = Math.max(mostUntaken, sent - taken)
      }
      expect(taken).toBe(blocks)
      expect(mostUntaken).toBeGreaterThan(0)
      expect(mostUntaken).toBeLessThan(mostAhead)
    })

    it('asks its source for no more than a slow server takes', async () => {
      let given = 0
      let taken = 0
      let mostUntaken = 0
      const client: { other?: GrpcClient } = {}
      const server = await lab.serve(armadaProtocol, {
        [restore]: {
          async clientStream(requests) {
            for await (const { chunk } of requests) {
              taken += 1
              expect(bytesIn(chunk, 'data').length).toBe(block.length)
              if (taken === 1 || taken === 500) {
                for (let turn = 0; turn < 200; turn += 1) {
                  await client.other?.unary({ method: tables, deadlineMs }, {})
                }
              }
              mostUntaken = Math.max(mostUntaken, given - taken)
            }
            return {}
          },
        },
        [tables]: { unary: () => ({}) },
      })
      client.other = lab.connect(server.target, armadaProtocol)
      await lab.connect(server.target, armadaProtocol).clientStream(
        { method: restore, deadlineMs: 120_000 },
        (async function* () {
          for (; given < blocks; given += 1) yield { chunk: { data: block } }
        })(),
      )
      expect(taken).toBe(blocks)
      expect(mostUntaken).toBeGreaterThan(0)
      expect(mostUntaken).toBeLessThan(mostAhead)
    })

    it('keeps none of the messages that it has sent', async () => {
      const server = await lab.serve(armadaProtocol, {
        [restore]: {
          async clientStream(requests) {
            for await (const _ of requests);
            return {}
          },
        },
      })
      const sent: WeakRef<Uint8Array>[] = []
      let kept = Number.NaN
      async function* messages() {
        for (let count = 0; count < 100; count += 1) {
          const data = new Uint8Array(block.length)
          sent.push(new WeakRef(data))
          yield { chunk: { data } }
        }
        // What was made in this turn is held until its end.
        await setImmediate()
        collectGarbage()
        kept = sent.filter((one) => one.deref() !== undefined).length
      }
      await lab
        .connect(server.target, armadaProtocol)
        .clientStream({ method: restore, deadlineMs: 120_000 }, messages())
      expect(kept).toBeLessThan(20)
    })
  })
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('this engine lends nobody its collector')
  collect()
}
