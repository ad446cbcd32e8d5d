import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSocket } from '../../../../../src/main/adapters/ssh-login/open-socket.ts'

const server = createServer()
let socket: Socket
let received: Promise<Buffer>

beforeEach(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  received = once(server, 'connection').then(async ([peer]: Socket[]) =>
    peer === undefined ? Buffer.alloc(0) : buffer(peer),
  )
  const { port } = server.address() as AddressInfo
  socket = openSocket('127.0.0.1', port)
  await once(socket, 'connect')
})

afterEach(async () => {
  socket.destroy()
  server.close()
  await once(server, 'close')
})

test('what is written in one turn is held back until its end, and goes out whole and in order', async () => {
  for (const piece of ['length', 'packet', 'tag']) socket.write(piece)
  // A socket that is not held back hands each piece to the system at once.
  expect(socket.writableLength).toBe('lengthpackettag'.length)
  await new Promise((resolve) => socket.write('next', resolve))
  expect(socket.writableLength).toBe(0)
  socket.end('last')
  expect(String(await received)).toBe('lengthpackettagnextlast')
})

test('what is written in the turn in which it ends is sent', async () => {
  socket.write('farewell')
  socket.end()
  expect(String(await received)).toBe('farewell')
})
