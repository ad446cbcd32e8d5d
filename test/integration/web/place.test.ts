import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, connect, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serveSmall } from './served.ts'
import { sendRaw, statusOf } from './raw.ts'
import { localFetch } from './node-fetch.ts'

const isRoot = process.getuid?.() === 0 && existsSync('/usr/bin/setpriv') && existsSync('/usr/bin/curl')

/** Addresses in state LISTEN for a port, as the kernel has them: 127.0.0.1 or ::1, in hexadecimal of its own order. */
function listening(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return ['tcp', 'tcp6'].flatMap((table) => {
    const lines = existsSync(`/proc/net/${table}`)
      ? readFileSync(`/proc/net/${table}`, 'utf8').split('\n')
      : []
    return lines
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${hex}`) === true)
      .map(([, local]) => String(local).split(':')[0] ?? '')
  })
}

/** A program run as another account of this host. */
async function asNobody(
  command: readonly string[],
): Promise<{ readonly status: number | null; readonly stdout: string }> {
  const child = spawn('/usr/bin/setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', ...command])
  let stdout = ''
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout })))
}

test.skipIf(!existsSync('/proc/net/tcp'))('Only loopback addresses are listened on', async () => {
  await using served = await serveSmall()
  const found = listening(served.port)
  expect(found.length).toBe(served.window.addresses.length)
  for (const address of found) {
    expect(['0100007F', '00000000000000000000000001000000']).toContain(address)
  }
})

test('The port is taken on both loopback addresses, so that nobody else can stand at one of them', async () => {
  await using served = await serveSmall()
  if (served.window.addresses.length === 1)
    return expect(served.window.addresses[0]).toMatch(/^127\.0\.0\.1:/)
  const thief = createServer()
  const error = await new Promise<unknown>((resolve) => {
    thief.once('error', resolve)
    thief.listen({ host: '::1', port: served.port, ipv6Only: true }, () => resolve(null))
  })
  thief.close()
  expect(error).toMatchObject({ code: 'EADDRINUSE' })
})

test('Each start has an origin of its own on the same port', async () => {
  const first = await serveSmall()
  const { port } = first
  const before = first.window.origin
  await first[Symbol.asyncDispose]()
  await using second = await serveSmall({ listen: { kind: 'loopback', port } })
  expect(second.window.origin).not.toBe(before)
  expect(second.window.origin).toMatch(new RegExp(`^http://h-[0-9a-f]{20}\\.localhost:${port}$`))
})

test.skipIf(!isRoot)(
  'Another account of this host reaches the port, and gets no further than that',
  async () => {
    await using served = await serveSmall()
    const { path } = await served.window.makeLink()
    const call = await asNobody([
      '/usr/bin/curl',
      '-s',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      '-H',
      `Host: ${served.host}`,
      '-H',
      'Content-Type: application/json',
      '-d',
      '{"json":{"text":"a"}}',
      `http://127.0.0.1:${served.port}/rpc/values/echo`,
    ])
    expect(call.stdout).toBe('401')
    expect((await asNobody(['/usr/bin/cat', path])).status).toBe(1)
    expect(served.seen.calls).toEqual([])
  },
)

test('A socket is of this account alone, replaces what a dead process left, and is gone at the end', async () => {
  const origin = new URL('http://localhost:9000')
  const first = await serveSmall()
  const path = join(first.folder, 'window.sock')
  const before = process.umask(0o000)
  try {
    await using served = await serveSmall({ listen: { kind: 'socket', path }, publicOrigin: origin })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const page = await localFetch({ socketPath: path })('http://localhost:9000/')
    expect(page.status).toBe(200)
    if (isRoot) {
      const refused = await asNobody(['/usr/bin/curl', '-s', '--unix-socket', path, `${origin.origin}/`])
      // curl: failed to connect.
      expect(refused.status).toBe(7)
    }
    await expect(
      serveSmall({ listen: { kind: 'socket', path }, publicOrigin: origin }),
    ).rejects.toMatchObject({
      code: 'usage',
    })
    expect(served.window.addresses).toEqual([path])
  } finally {
    process.umask(before)
  }
  expect(existsSync(path)).toBe(false)
  writeFileSync(path, 'a file of somebody')
  await expect(serveSmall({ listen: { kind: 'socket', path }, publicOrigin: origin })).rejects.toMatchObject({
    code: 'usage',
  })
  expect(readFileSync(path, 'utf8')).toBe('a file of somebody')
  await first[Symbol.asyncDispose]()
})

test('Behind a tunnel with another port only the named origin is answered', async () => {
  await using tunnel = await forward()
  await using unnamed = await serveSmall()
  tunnel.to(unnamed.port)
  const host = `localhost:${tunnel.port}`
  const get = async (): Promise<number> =>
    statusOf(
      await sendRaw(
        { host: '127.0.0.1', port: tunnel.port },
        `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      ),
    )
  expect(await get()).toBe(403)
  await using named = await serveSmall({ publicOrigin: new URL(`http://${host}`) })
  tunnel.to(named.port)
  expect(await get()).toBe(200)
  const near = localFetch({ port: tunnel.port })
  const opened = await near(`http://${host}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: `http://${host}` },
    body: JSON.stringify({ json: { token: await named.token() } }),
  })
  expect(opened.status).toBe(200)
  expect(named.window.origin).toBe(`http://${host}`)
})

/** What `ssh -L` does on its near end: takes connections on a port of its own and passes their bytes on. */
async function forward(): Promise<AsyncDisposable & { readonly port: number; to(port: number): void }> {
  let target = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: target })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    to: (port) => {
      target = port
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
