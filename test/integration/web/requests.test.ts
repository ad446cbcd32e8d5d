import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendRaw, statusOf } from './raw.ts'
import { serveSmall, type Served } from './served.ts'

let served: Served
let bearer: string
beforeAll(async () => {
  served = await serveSmall()
  bearer = await served.bearer()
})
afterAll(async () => served[Symbol.asyncDispose]())

const raw = async (text: string): Promise<string> =>
  sendRaw({ host: '127.0.0.1', port: served.port }, text.replaceAll('\n', '\r\n'))

/** A call that would be answered, but for what is done to its head. */
const call = (head: string, target = '/rpc/values/echo'): string => {
  const body = '{"json":{"text":"reached"}}'
  return `POST ${target} HTTP/1.1\n${head}Connection: close\nContent-Length: ${body.length}\n\n${body}`
}
const good = (): string =>
  `Host: ${served.host}\nAuthorization: Bearer ${bearer}\nContent-Type: application/json\n`

test('A call as our page makes it is answered', async () => {
  const answer = await raw(call(good()))
  expect(statusOf(answer)).toBe(200)
  expect(answer).toContain('{"json":{"text":"reached"}}')
  const from = `Origin: http://${served.host}\nSec-Fetch-Site: same-origin\n`
  expect(statusOf(await raw(call(good() + from)))).toBe(200)
})

test('Nothing that is answered allows another origin to read it', async () => {
  const answers = [await raw(call(good())), await raw(call(good() + 'Origin: http://evil.example\n'))]
  for (const answer of answers) expect(answer.toLowerCase()).not.toContain('access-control-')
})

test('A request whose Host is not exactly ours, once, is refused before anything else', async () => {
  const before = served.seen.calls.length
  const rest = good().replace(/^Host: .*\n/, '')
  const name = served.host
  const { port } = served
  const hosts: readonly string[] = [
    '',
    `Host: ${name}\nHost: ${name}\n`,
    `Host: ${name}\nHost: evil.example\n`,
    `Host: evil.example\nHost: ${name}\n`,
    'Host: evil.example\n',
    'Host: \n',
    `Host: evil@${name}\n`,
    `Host: ${name}@evil.example\n`,
    `Host: localhost:${port}\n`,
    `Host: localhost.:${port}\n`,
    `Host: ${name.replace(':', '.:')}\n`,
    `Host: 127.0.0.1:${port}\n`,
    `Host: [::1]:${port}\n`,
    `Host: ${name.toUpperCase()}\n`,
    `Host: ${name.split(':')[0]}\n`,
    `Host: ${name}0\n`,
    `Host: x.${name}\n`,
    `Host: http://${name}\n`,
    `Host: ${name}, ${name}\n`,
  ]
  for (const host of hosts) {
    expect([host, statusOf(await raw(call(host + rest)))]).toEqual([host, 403])
  }
  const old = call(rest).replace('HTTP/1.1', 'HTTP/1.0')
  expect(statusOf(await raw(old))).toBe(403)
  expect(served.seen.calls.length).toBe(before)
})

test('A target that is not a path is refused', async () => {
  const before = served.seen.calls.length
  for (const target of [
    `http://${served.host}/rpc/values/echo`,
    'http://evil.example/rpc/values/echo',
    `//${served.host}/rpc/values/echo`,
    '*',
    `@evil/rpc/values/echo`,
  ]) {
    const status = statusOf(await raw(call(good(), target)))
    // What is no target at all is refused by the parser itself.
    expect([target, status === 403 || status === 400]).toEqual([target, true])
  }
  expect(served.seen.calls.length).toBe(before)
})

test('A call from another origin, without JSON, with another method or without the bearer is refused', async () => {
  const before = served.seen.calls.length
  const refusals: readonly (readonly [head: string, status: number])[] = [
    [`${good()}Origin: http://evil.example\n`, 403],
    [`${good()}Origin: null\n`, 403],
    [`${good()}Origin: https://${served.host}\n`, 403],
    [`${good()}Origin: http://${served.host}\nOrigin: http://evil.example\n`, 403],
    [`${good()}Sec-Fetch-Site: cross-site\n`, 403],
    [`${good()}Sec-Fetch-Site: same-site\n`, 403],
    [`${good()}Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\n`, 403],
    [good().replace('application/json', 'text/plain'), 415],
    [good().replace('application/json', 'application/x-www-form-urlencoded'), 415],
    [good().replace('application/json', 'text/plain; application/json'), 415],
    [`${good()}Content-Encoding: gzip\n`, 415],
    [good().replace(/Content-Type.*\n/, ''), 415],
    [good().replace(/Authorization.*\n/, ''), 401],
    [good().replace(bearer, 'A'.repeat(43)), 401],
    [good().replace(bearer, bearer.slice(1)), 401],
    [`${good()}Authorization: Bearer ${bearer}\n`, 401],
  ]
  for (const [head, status] of refusals) {
    expect([head, statusOf(await raw(call(head)))]).toEqual([head, status])
  }
  for (const method of ['GET', 'PUT', 'OPTIONS', 'DELETE', 'HEAD']) {
    const answer = await raw(call(good()).replace('POST', method))
    expect([method, statusOf(answer)]).toEqual([method, 405])
  }
  expect(statusOf(await raw(call(good(), '/rpc/values/echo?data=%7B%7D')))).toBe(404)
  expect(served.seen.calls.length).toBe(before)
})

test('A page is answered with its policy, a nonce of its own, and headers that keep it to itself', async () => {
  const get = async (path: string): Promise<string> =>
    raw(`GET ${path} HTTP/1.1\nHost: ${served.host}\nConnection: close\n\n`)
  const [first, second] = [await get('/'), await get('/')]
  expect(statusOf(first)).toBe(200)
  const nonceOf = (answer: string): string => /'nonce-([A-Za-z0-9+/=]+)'/.exec(answer)?.[1] ?? ''
  expect(first).toContain(`nonce="${nonceOf(first)}"`)
  expect(nonceOf(first)).toHaveLength(24)
  expect(nonceOf(first)).not.toBe(nonceOf(second))
  const head = (first.split('\r\n\r\n')[0] ?? '').toLowerCase()
  for (const header of [
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-",
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'cross-origin-opener-policy: same-origin',
    'referrer-policy: no-referrer',
    'x-content-type-options: nosniff',
    'cache-control: no-store',
  ]) {
    expect(head).toContain(header)
  }
  expect(head).not.toContain('set-cookie')
  expect(await get('/assets/main.js')).toContain('script ran')
})

test('A path that leads out of the pages, or is not written plainly, names nothing', async () => {
  writeFileSync(join(served.folder, 'pages/assets/notes.txt'), 'not a page')
  for (const path of [
    '/../outside.js',
    '/assets/../../outside.js',
    '/%2e%2e/outside.js',
    '/..%2foutside.js',
    '/..%5coutside.js',
    '/..\\outside.js',
    '/assets/main.js%00',
    '/assets//main.js',
    '/./assets/main.js',
    '/assets/main.js/',
    '/assets/notes.txt',
    '/assets/main.js?x',
    '/assets',
    '/etc/passwd',
  ]) {
    const answer = await raw(`GET ${path} HTTP/1.1\nHost: ${served.host}\nConnection: close\n\n`)
    expect([path, statusOf(answer)]).toEqual([path, 404])
  }
})
