import { createServer, type Server } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasChromium, launchChromium } from '../../lab/chromium.ts'
import { serveSmall } from './served.ts'

let browser: Browser
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium()
})
afterAll(async () => {
  if (hasChromium) await browser.close()
})

interface Site extends AsyncDisposable {
  readonly port: number
}

/** A site of somebody else, on this machine too: by path, type and text. */
async function site(
  pages: Readonly<Record<string, readonly [type: string, text: string]>>,
  at = 0,
): Promise<Site> {
  const server: Server = createServer((request, response) => {
    const [type, text] = pages[request.url ?? ''] ?? ['text/plain', '']
    response.writeHead(200, { 'content-type': type }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Every way by which a page can send something elsewhere; each settles when it was answered or refused. */
const attack = (origin: string, token: string, bearer: string): string => `
  const results = {}
  const body = '{"json":{"text":"forged"}}'
  const call = ${JSON.stringify(`${origin}/rpc/values/echo`)}
  const attempt = async (name, what) => {
    try { results[name] = String(await what()) } catch (error) { results[name] = 'failed: ' + error.name }
  }
  const framed = (html) => new Promise((resolve) => {
    const frame = document.createElement('iframe')
    frame.name = 'f' + Math.random()
    document.body.append(frame)
    frame.onload = () => resolve(frame)
    if (html) html(frame); else frame.src = ${JSON.stringify(`${origin}/`)}
  })
  const form = (enctype) => framed((frame) => {
    const form = document.createElement('form')
    Object.assign(form, { method: 'POST', action: call, target: frame.name, enctype })
    const field = document.createElement('input')
    field.name = '{"json":{"text":"forged","x":"'
    field.value = '"}}'
    form.append(field)
    document.body.append(form)
    form.submit()
  })
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
    await attempt('form ' + type, async () => { await form(type); return 'sent' })
  await attempt('beacon', () => navigator.sendBeacon(call, body))
  await attempt('beacon json', () => navigator.sendBeacon(call, new Blob([body], { type: 'application/json' })))
  for (const mode of ['no-cors', 'cors'])
    for (const type of ['text/plain', 'application/json'])
      await attempt(mode + ' ' + type, async () =>
        (await fetch(call, { method: 'POST', mode, body, headers: { 'content-type': type } })).type)
  await attempt('with the bearer', async () =>
    (await fetch(call, { method: 'POST', body,
      headers: { 'content-type': 'application/json', authorization: 'Bearer ${bearer}' } })).text())
  await attempt('with the token', async () =>
    (await fetch(${JSON.stringify(`${origin}/session`)}, { method: 'POST', mode: 'no-cors',
      body: '{"json":{"token":"${token}"}}' })).text())
  await attempt('frame', async () => {
    const frame = await framed(null)
    try { return frame.contentDocument.title } catch { return 'another origin' }
  })
  await attempt('image', () => new Promise((resolve) => {
    const image = new Image()
    image.onerror = () => resolve('refused')
    image.onload = () => resolve('loaded')
    image.src = ${JSON.stringify(`${origin}/icon.svg`)}
  }))
  await attempt('script', () => new Promise((resolve) => {
    const script = document.createElement('script')
    script.onerror = () => resolve('refused')
    script.onload = () => resolve('loaded')
    script.src = ${JSON.stringify(`${origin}/assets/main.js`)}
    document.body.append(script)
  }))
  globalThis.results = results
  document.title = 'done'
`

test.skipIf(!hasChromium)(
  'No page of another origin can make a call, open a session, frame the window or read of it',
  async () => {
    await using served = await serveSmall()
    writeFileSync(join(served.folder, 'pages/icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    const bearer = await served.bearer()
    const token = await served.token()
    await using evil = await site({
      '/': ['text/html', '<body><script type="module" src="/attack.js"></script>'],
      '/attack.js': ['text/javascript', attack(served.window.origin, token, bearer)],
    })
    for (const from of [`http://localhost:${evil.port}`, `http://127.0.0.1:${evil.port}`]) {
      await using context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(from)
      await page.waitForFunction('document.title === "done"')
      const results = await page.evaluate('results')
      expect(results).toMatchObject({
        'cors application/json': 'failed: TypeError',
        'cors text/plain': 'failed: TypeError',
        'with the bearer': 'failed: TypeError',
        'with the token': 'failed: TypeError',
        image: 'refused',
        script: 'refused',
      })
      const framed = page.frames().filter((frame) => frame !== page.mainFrame())
      for (const frame of framed) expect(await frame.content()).not.toContain('our page')
    }
    expect(served.seen.calls).toEqual([])
    // Nothing used the token up, or opened another session.
    const still = await served.post('/session', JSON.stringify({ json: { token } }))
    expect(still.status).toBe(200)
    expect(served.audit.entries.filter(({ action }) => action === 'session.opened')).toHaveLength(2)
  },
)

test.skipIf(!hasChromium)(
  'A link on a page elsewhere may open the window, which then has no session',
  async () => {
    await using served = await serveSmall()
    await using other = await site({ '/': ['text/html', `<a href="${served.window.origin}/">open</a>`] })
    await using context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${other.port}/`)
    await page.click('a')
    await page.getByText('our page').waitFor()
    expect(await page.evaluate('window.opener')).toBe(null)
  },
)

test.skipIf(!hasChromium)('A service worker that another program left on the port is not asked', async () => {
  const planted = await site({
    '/': ['text/html', '<title>planted</title>'],
    '/worker.js': [
      'text/javascript',
      `addEventListener('install', () => skipWaiting())
       addEventListener('activate', (event) => event.waitUntil(clients.claim()))
       addEventListener('fetch', (event) => event.respondWith(
         new Response('<title>stolen</title>', { headers: { 'content-type': 'text/html' } })))`,
    ],
  })
  const { port } = planted
  await using context = await browser.newContext()
  const page = await context.newPage()
  for (const name of ['localhost', 'h-00000000000000000000.localhost']) {
    await page.goto(`http://${name}:${port}/`)
    await page.evaluate(
      `navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)`,
    )
    await page.waitForFunction('navigator.serviceWorker.controller !== null')
    await page.reload()
    expect(await page.title()).toBe('stolen')
  }
  await planted[Symbol.asyncDispose]()
  await using served = await serveSmall({ listen: { kind: 'loopback', port } })
  const fresh = await context.newPage()
  await fresh.goto(`file://${(await served.window.makeLink()).path}`)
  await fresh.getByText('our page').waitFor()
  expect(await fresh.title()).toBe('Our page')
})
