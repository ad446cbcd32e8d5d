import type { Page } from 'playwright/test'
import { answeringServer } from '../fakes/answering-server.ts'
import { expect, test } from './holdfast.ts'
import { goTo, walkDemonstration } from './walks.ts'

interface Seen {
  /** Everything that was asked for, by whole address. */
  readonly asked: string[]
  /** The link as it was in the address bar, with its token. */
  readonly links: string[]
  readonly bearers: Set<string>
  /** Windows and tabs that the page opened. */
  readonly opened: string[]
}

function watch(page: Page): Seen {
  const seen: Seen = { asked: [], links: [], bearers: new Set(), opened: [] }
  page.context().on('request', (request) => {
    seen.asked.push(request.url())
    const bearer = /^Bearer (.+)$/.exec(request.headers()['authorization'] ?? '')?.[1]
    if (bearer !== undefined) seen.bearers.add(bearer)
  })
  page.on('popup', (popup) => seen.opened.push(popup.url()))
  page.on('websocket', (socket) => seen.asked.push(socket.url()))
  page.on('framenavigated', (frame) => {
    if (/^http:.*#.*[A-Za-z0-9_-]{43}/.test(frame.url())) seen.links.push(frame.url())
  })
  return seen
}

/** The one file of the link, the page's own origin, and what a page makes itself. */
function foreign(asked: readonly string[], origin: string): readonly string[] {
  return asked.filter(
    (url) => !/^(file:\/\/\/.*\/holdfast\.html$|data:|blob:)/.test(url) && new URL(url).origin !== origin,
  )
}

const originOf = (page: Page): string => new URL(page.url()).origin

test('No screen and no step of a restore asks anything but its own origin, and no link on it leads elsewhere', async ({
  page,
  holdfast,
}) => {
  const seen = watch(page)
  const strange: unknown[] = []
  await walkDemonstration(page, holdfast, async (screen) => {
    const found: unknown =
      await page.evaluate(`[...document.querySelectorAll('a, area, form, iframe, object, embed, base, [onclick]')]
      .filter((each) => !(each.matches('a') && new URL(each.href).origin === location.origin && each.target === '' && !each.hasAttribute('onclick'))
        && !(each.matches('form') && !each.hasAttribute('action')))
      .map((each) => each.outerHTML.slice(0, 200))`)
    if (!Array.isArray(found) || found.length > 0) strange.push({ screen, found })
  })
  expect(strange).toEqual([])
  expect(foreign(seen.asked, originOf(page))).toEqual([])
  expect(seen.opened).toEqual([])
  expect(seen.asked.length).toBeGreaterThan(20)
})

test('What is put into the page from outside neither runs nor asks anything', async ({
  page,
  holdfast,
  watched,
}) => {
  const left: string[] = []
  page.on('requestfinished', (request) => left.push(request.url()))
  page.on('requestfailed', (request) => {
    // What the policy stops never gets to the network.
    if (request.failure()?.errorText !== 'csp') left.push(request.url())
  })
  await holdfast.startEmpty(page)
  await page.evaluate(`(async () => {
    const blocked = (window.blocked = new Set())
    addEventListener('securitypolicyviolation', (event) => blocked.add(event.effectiveDirective))
    const put = (html) => {
      const place = document.createElement('div')
      document.body.append(place)
      place.innerHTML = html
      return place
    }
    put('<img src="https://elsewhere.invalid/a.png" onerror="window.stolen = 1">')
    put('<iframe src="https://elsewhere.invalid/"></iframe>')
    put('<style>body { background: url(https://elsewhere.invalid/b.png) }</style>')
    put('<a href="javascript:window.stolen = 2">x</a>').firstChild.click()
    const form = put('<form action="https://elsewhere.invalid/" method="post"></form>').firstChild
    form.submit()
    const script = document.createElement('script')
    script.textContent = 'window.stolen = 3'
    document.body.append(script)
    const foreign = document.createElement('script')
    foreign.src = 'https://elsewhere.invalid/c.js'
    document.body.append(foreign)
    const base = document.createElement('base')
    base.href = 'https://elsewhere.invalid/'
    document.head.append(base)
    await fetch('https://elsewhere.invalid/d').catch(() => undefined)
    navigator.sendBeacon('https://elsewhere.invalid/e', 'x')
    try { new WebSocket('wss://elsewhere.invalid/f') } catch {}
    try { new EventSource('https://elsewhere.invalid/g') } catch {}
  })()`)
  const seen = async (): Promise<unknown> =>
    page.evaluate(`({
      stolen: window.stolen ?? null,
      blocked: [...window.blocked].sort(),
      base: document.baseURI.startsWith(location.origin),
    })`)
  await expect.poll(seen).toEqual({
    stolen: null,
    base: true,
    blocked: [
      'base-uri',
      'connect-src',
      'form-action',
      'frame-src',
      'img-src',
      'script-src-attr',
      'script-src-elem',
      'style-src-elem',
    ],
  })
  expect(foreign(left, originOf(page))).toEqual([])
  // These violations were meant; all others fail the test.
  expect(watched.splice(0).length).toBeGreaterThan(0)
})

test('A page without a token, with a used one, and one that is loaded again say how to get in', async ({
  page,
  holdfast,
  browser,
}) => {
  const seen = watch(page)
  await holdfast.startEmpty(page)
  const origin = originOf(page)
  expect(page.url()).not.toMatch(/[A-Za-z0-9_-]{43}/)
  const link = seen.links[0] ?? ''
  expect(link, 'the link as it was opened').toContain(origin)

  const other = await browser.newContext()
  const stranger = await other.newPage()
  for (const address of [`${origin}/`, link, `${origin}/#/settings`]) {
    await stranger.goto('about:blank')
    await stranger.goto(address)
    await expect(stranger.getByText('Press Enter in the terminal where Holdfast runs')).toBeVisible()
    await expect(stranger.getByRole('navigation')).toHaveCount(0)
  }
  await other.close()

  // The one that was let in is still in, until it is loaded again.
  await goTo(page, '/settings')
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
  await page.reload()
  await expect(page.getByText('Press Enter in the terminal where Holdfast runs')).toBeVisible()
})

test('Token, bearer, passphrase and what was typed for the vault are in no storage of the browser, no page, no address and nothing that is said', async ({
  page,
  holdfast,
}) => {
  const seen = watch(page)
  await holdfast.startDemonstration(page)
  await goTo(page, '/settings')
  await page.getByRole('button', { name: 'Lock now' }).click()
  await page.getByRole('button', { name: 'Unlock…' }).click()
  await page.getByRole('textbox', { name: 'Passphrase' }).fill('demonstration')
  await page.getByRole('button', { name: 'Unlock', exact: true }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  const typed = ['canary-4b-secret-access-key', 'canary-4b-session-token', 'canary-4b-master-key']
  const [secretAccessKey = '', sessionToken = '', masterKey = ''] = typed
  const dialog = page.getByRole('dialog')
  const keep = async (): Promise<void> => {
    await dialog.getByRole('button', { name: 'Keep it' }).click()
    await expect(dialog).toBeHidden()
  }
  await page.getByRole('button', { name: 'Add S3 credential…' }).click()
  await dialog.getByLabel('Name', { exact: true }).fill('a pair')
  await dialog.getByLabel('Access key id').fill('AKIACANARY')
  await dialog.getByLabel('Secret access key').fill(secretAccessKey)
  await dialog.getByLabel('Session token').fill(sessionToken)
  await keep()
  await page.getByRole('button', { name: 'Add master key…' }).click()
  await dialog.getByLabel('Name', { exact: true }).fill('a key')
  await dialog.getByLabel('Key', { exact: true }).fill(masterKey)
  await keep()
  await expect(page.getByText('a pair')).toBeVisible()
  await goTo(page, '/clusters/chango-core/restore/newest')
  await page.getByRole('textbox', { name: 'Path' }).fill('/srv/drill')

  const token = /[A-Za-z0-9_-]{43}/.exec(seen.links[0] ?? '')?.[0] ?? ''
  const [bearer = ''] = seen.bearers
  expect([token.length, bearer.length, seen.bearers.size]).toEqual([43, 43, 1])
  const kept: unknown = await page.evaluate(`(async () => JSON.stringify({
    local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie, state: history.state,
    address: location.href, name: window.name, databases: await indexedDB.databases(),
    caches: 'caches' in window ? await caches.keys() : [], html: document.documentElement.outerHTML,
    fields: [...document.querySelectorAll('input, textarea')].map((field) => field.value),
    globals: Object.keys(window).map((key) => { try { return key + JSON.stringify(window[key]) } catch { return key } }),
  }))()`)
  const cookies = await page.context().cookies()
  expect(cookies).toEqual([])
  for (const secret of [token, bearer, ...typed]) {
    expect(String(kept).includes(secret)).toBe(false)
    expect(holdfast.said().includes(secret)).toBe(false)
    expect(seen.asked.filter((url) => url.includes(secret))).toEqual([])
  }
  const storage: unknown = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')
  expect(String(storage)).not.toContain('demonstration')
})

test('A page of another origin can neither call, post to nor frame the window', async ({
  page,
  holdfast,
  browser,
}) => {
  const seen = watch(page)
  await holdfast.startEmpty(page)
  const origin = originOf(page)
  const [bearer = ''] = seen.bearers
  expect(bearer).toHaveLength(43)
  const other = await browser.newContext()
  const attacker = await other.newPage()
  // A page that is really served from this computer: what is not is stopped by the browser before Holdfast is asked.
  const site = await answeringServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<!doctype html><title>elsewhere</title><body></body>')
  })
  await attacker.goto(site.url)
  const outcomes: (number | 'stopped')[] = []
  attacker.on('response', (response) => {
    if (response.url().startsWith(origin)) outcomes.push(response.status())
  })
  attacker.on('requestfailed', (request) => {
    if (request.url().startsWith(origin)) outcomes.push('stopped')
  })
  const told: unknown = await attacker.evaluate(`(async () => {
    const to = ${JSON.stringify(`${origin}/rpc/settings/set`)}
    const body = '{"json":{"autoLockMinutes":1440}}'
    const said = []
    for (const init of [{}, { mode: 'no-cors' }, { headers: { 'content-type': 'application/json' } },
      { headers: { 'content-type': 'application/json', authorization: ${JSON.stringify(`Bearer ${bearer}`)} } }]) {
      await fetch(to, { method: 'POST', body, ...init })
        .then((answer) => said.push(answer.type === 'opaque' ? 'opaque' : answer.status), () => said.push('denied'))
    }
    const frame = document.createElement('iframe')
    frame.src = ${JSON.stringify(`${origin}/`)}
    document.body.append(frame)
    await new Promise((resolve) => (frame.onload = resolve))
    let reach = 'none'
    try { reach = frame.contentWindow.document.title } catch { reach = 'denied' }
    return { said, reach }
  })()`)
  expect(told).toEqual({ said: ['denied', 'denied', 'denied', 'denied'], reach: 'denied' })
  const before = outcomes.length
  const field = `<input name='{"json":{"autoLockMinutes":1440},"x":"' value='"}'>`
  await attacker.evaluate(`(() => {
    const form = document.createElement('form')
    form.method = 'post'
    form.enctype = 'text/plain'
    form.action = ${JSON.stringify(`${origin}/rpc/settings/set`)}
    form.innerHTML = ${JSON.stringify(field)}
    document.body.append(form)
    form.submit()
  })()`)
  await expect.poll(() => outcomes.length).toBeGreaterThan(before)
  // Refused for where it comes from, before anybody asks for a bearer (401) or whether there is such a call (404).
  expect(outcomes.filter((outcome) => outcome !== 'stopped' && outcome !== 403)).toEqual([])
  expect(outcomes).toContain(403)
  await other.close()
  await site.close()
  await goTo(page, '/settings')
  await expect(page.getByText('--lock-after 15')).toBeVisible()
})
