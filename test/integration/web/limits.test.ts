import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { fakeClock } from '../../fakes/fake-clock.ts'
import { serveSmall, type Served } from './served.ts'
import { statusOf } from './raw.ts'

const echo = async (served: Served, bearer: string): Promise<number> =>
  (await served.post('/rpc/values/echo', '{"json":{"text":"a"}}', { authorization: `Bearer ${bearer}` }))
    .status

async function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(socket))
    socket.on('error', reject)
  })
}

test('A thousand idle connections keep nobody out, and cost the operator none of theirs', async () => {
  await using served = await serveSmall({ limits: { connections: 100 } })
  const bearer = await served.bearer()
  const open = served.post('/rpc/waits/forever', '{"json":{"name":"open"}}', {
    authorization: `Bearer ${bearer}`,
  })
  await served.seen.until('began open')
  const idle: Socket[] = []
  for (let count = 0; count < 1000; count += 1) {
    const socket = await openSocket(served.port)
    socket.on('error', () => undefined)
    socket.resume()
    idle.push(socket)
  }
  expect(await echo(served, bearer)).toBe(200)
  served.seen.release('open')
  expect((await open).status).toBe(200)
  expect(await echo(served, await served.bearer())).toBe(200)
  for (const socket of idle) socket.destroy()
})

test('A body beyond the limit is refused before it is read, named or in pieces, and others go on', async () => {
  await using served = await serveSmall()
  const bearer = await served.bearer()
  const head = `POST /rpc/values/echo HTTP/1.1\r\nHost: ${served.host}\r\nAuthorization: Bearer ${bearer}\r\nContent-Type: application/json\r\n`
  for (const length of ['Content-Length: 1073741824', 'Transfer-Encoding: chunked']) {
    const socket = await openSocket(served.port)
    let answer = ''
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    socket.on('error', () => undefined)
    socket.on('data', (piece) => (answer += piece.toString('latin1')))
    socket.write(`${head}${length}\r\n\r\n`)
    const piece = 'a'.repeat(64 * 1024)
    const sendMore = (): void => {
      while (!socket.destroyed && socket.writable) {
        if (!socket.write(`10000\r\n${piece}\r\n`)) return
      }
    }
    socket.on('drain', sendMore)
    sendMore()
    await closed
    expect([length, statusOf(answer)]).toEqual([length, 413])
  }
  expect(served.seen.calls).toEqual([])
  expect(await echo(served, bearer)).toBe(200)
})

test('Whoever sends neither head nor body in time is cut off', async () => {
  await using served = await serveSmall({ limits: { headMs: 1_500, requestMs: 2_000, checkMs: 100 } })
  const bearer = await served.bearer()
  const starts = [
    'GET / HTTP/1.1\r\nHost: ',
    `POST /rpc/values/echo HTTP/1.1\r\nHost: ${served.host}\r\nAuthorization: Bearer ${bearer}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{`,
  ]
  for (const start of starts) {
    const socket = await openSocket(served.port)
    socket.on('error', () => undefined)
    socket.resume()
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    socket.write(start)
    await closed
  }
  expect(served.seen.calls).toEqual([])
  expect(await echo(served, bearer)).toBe(200)
})

test('A window that nobody uses ends by itself, but not while something works', async () => {
  const clock = fakeClock()
  let isWorking = true
  let asked = 0
  await using served = await serveSmall({
    clock,
    idleMs: 60_000,
    isWorking: () => {
      asked += 1
      // At the third time that it is asked nothing works any more.
      if (asked === 3) isWorking = false
      return isWorking
    },
  })
  const start = clock.now()
  expect(await clock.run(served.window.ended)).toBe('idle')
  expect(asked).toBe(3)
  expect(clock.now() - start).toBe(2 * 60_000)
  await expect(openSocket(served.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
