import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Clock } from '../../../src/main/ports/clock.ts'
import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import { serveSmall, type Served } from './served.ts'

const swap = async (served: Served, token: string): Promise<Response> =>
  served.post('/session', JSON.stringify({ json: { token } }))
const echo = async (served: Served, bearer: string): Promise<number> =>
  (await served.post('/rpc/values/echo', '{"json":{"text":"a"}}', { authorization: `Bearer ${bearer}` }))
    .status

test('A link is a page of this account alone that is gone once it is used', async () => {
  await using served = await serveSmall()
  const { path } = await served.window.makeLink()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  const page = readFileSync(path, 'utf8')
  const token = /#token=([A-Za-z0-9_-]{43})"/.exec(page)?.[1] ?? ''
  expect(page).toContain(`url=${served.window.origin}/#token=${token}`)
  expect((await swap(served, token)).status).toBe(200)
  expect(existsSync(path)).toBe(false)
})

test('A token opens one session, once; a wrong one opens none', async () => {
  await using served = await serveSmall()
  const token = await served.token()
  expect((await swap(served, 'A'.repeat(43))).status).toBe(401)
  expect((await swap(served, '')).status).toBe(401)
  const answer = await swap(served, token)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('set-cookie')).toBe(null)
  expect((await swap(served, token)).status).toBe(401)
  expect((await served.post('/session', '{"json":{"token":1}}')).status).toBe(400)
  expect((await served.post('/session', '{"json":{"token":"a","__proto__":{}}}')).status).toBe(400)
})

test('A token that is older than a minute, or not the newest, opens nothing', async () => {
  let now = Date.UTC(2026, 10, 21)
  const clock: Clock = { now: () => now, wait: (ms, signal) => systemClock.wait(ms, signal) }
  await using served = await serveSmall({ clock })
  const old = await served.token()
  const tooOld = await served.token()
  expect((await swap(served, old)).status).toBe(401)
  now += 60_001
  expect((await swap(served, tooOld)).status).toBe(401)
  const fresh = await served.token()
  now += 59_999
  expect((await swap(served, fresh)).status).toBe(200)
})

test('A newer session ends the one before it, and what it has open', async () => {
  await using served = await serveSmall()
  const first = await served.bearer()
  expect(await echo(served, first)).toBe(200)
  const open = served.post('/rpc/waits/forever', '{"json":{"name":"open"}}', {
    authorization: `Bearer ${first}`,
  })
  const ended = open.then(
    () => 'answered',
    () => 'cut',
  )
  await served.seen.until('began open')
  const second = await served.bearer()
  await served.seen.until('aborted open')
  expect(await ended).toBe('cut')
  expect(await echo(served, first)).toBe(401)
  expect(await echo(served, second)).toBe(200)
})

test('Tokens and bearers are in no log, no audit entry and, after use, in no file', async () => {
  await using served = await serveSmall()
  const token = await served.token()
  const answer: { readonly json: { readonly bearer: string } } = JSON.parse(
    await (await swap(served, token)).text(),
  )
  const { bearer } = answer.json
  expect(bearer).not.toBe(token)
  expect(await echo(served, bearer)).toBe(200)
  await swap(served, token)
  const written = served.log.lines.join('\n') + JSON.stringify(served.audit.entries)
  for (const secret of [token, bearer]) {
    expect(written).not.toContain(secret)
    for (const process of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      expect(readIfThere(join('/proc', process, 'cmdline'))).not.toContain(secret)
    }
    for (const file of filesBelow(served.folder)) expect(readFileSync(file, 'utf8')).not.toContain(secret)
  }
})

test('Serving and every session are entries of the audit chain, and so are their ends with the reason', async () => {
  await using served = await serveSmall()
  await served.bearer()
  await served.bearer()
  await served.window.close()
  const entries = served.audit.entries.map(({ action, facts }) =>
    [
      action,
      ...facts.filter(({ name }) => name === 'session' || name === 'why').map(({ value }) => value),
    ].join(' '),
  )
  expect(entries).toEqual([
    'window.served',
    'session.opened 1',
    'session.ended 1 replaced',
    'session.opened 2',
    'session.ended 2 closed',
    'window.ended closed',
  ])
})

test('Where the audit chain cannot be written the window opens all the same, and the log has the reason', async () => {
  await using served = await serveSmall()
  served.audit.refuse('The disk is full.')
  expect(await echo(served, await served.bearer())).toBe(200)
  expect(served.log.lines.join('\n')).toContain('The disk is full.')
})

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return lstatSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}
