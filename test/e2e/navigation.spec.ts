import type { Page } from 'playwright/test'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

const elsewhere = 'https://elsewhere.invalid/'
const askedAnew = 'Press Enter in the terminal where Holdfast runs'

const originOf = (page: Page): string => new URL(page.url()).origin

interface Left {
  /** What was asked of anybody else, and what was sent on by an answer. */
  readonly asked: string[]
  /** Where the window itself went, but for its own page. */
  readonly went: string[]
}

/** From here on the window is at its own address. */
function watch(page: Page): Left {
  const origin = originOf(page)
  const left: Left = { asked: [], went: [] }
  page.context().on('request', (request) => {
    const url = new URL(request.url())
    if (request.redirectedFrom() !== null || (url.protocol.startsWith('http') && url.origin !== origin)) {
      left.asked.push(`${request.method()} ${request.url()}`)
    }
  })
  page.on('framenavigated', (frame) => {
    if (!frame.url().startsWith(`${origin}/#`)) left.went.push(frame.url())
  })
  page.on('popup', (popup) => left.went.push(`popup ${popup.url()}`))
  return left
}

test('A call that is answered with a redirect is not sent on: not elsewhere, and not to another call', async ({
  page,
  holdfast,
}) => {
  await holdfast.startEmpty(page)
  const left = watch(page)
  for (const status of [301, 302, 303, 307, 308]) {
    for (const location of [elsewhere, '/rpc/vault/lock', '//elsewhere.invalid/', 'file:///etc/passwd']) {
      let answered = 0
      await page.route('**/rpc/audit/list', async (route) => {
        answered += 1
        await route.fulfill({ status, headers: { location } })
      })
      await goTo(page, '/activity/audit')
      await expect.poll(() => answered, `${status} ${location}`).toBeGreaterThan(0)
      await expect(page.getByRole('main').getByText('Holdfast does not answer. ')).toBeVisible()
      await page.unroute('**/rpc/audit/list')
      await goTo(page, '/')
      await expect(page.getByText('Holdfast does not answer')).toHaveCount(0)
    }
  }
  expect(left).toEqual({ asked: [], went: [] })
})

test('Nothing that stands in the address after "#" leads out of the window', async ({ page, holdfast }) => {
  await holdfast.startEmpty(page)
  const left = watch(page)
  const home = originOf(page)
  for (const hash of [
    elsewhere,
    '//elsewhere.invalid/',
    '///elsewhere.invalid',
    '/\\elsewhere.invalid',
    '\\\\elsewhere.invalid',
    'javascript:window.stolen=1',
    'data:text/html,<script>window.stolen=1</script>',
    '/clusters//elsewhere.invalid/',
    '/clusters/https%3A%2F%2Felsewhere.invalid/',
    '/clusters/..%2F..%2F..%2Felsewhere.invalid/',
    '/?redirect=https://elsewhere.invalid/&to=//elsewhere.invalid&href=javascript:window.stolen=1',
    '/settings?redirect=https://elsewhere.invalid/',
    '/recover?cluster=https://elsewhere.invalid/',
    '/add?address=https://elsewhere.invalid/',
    `/${'%'.repeat(200)}`,
    `token=${'A'.repeat(43)}`,
  ]) {
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
    await expect(page.getByRole('main'), hash).toBeVisible()
    expect(originOf(page), hash).toBe(home)
  }
  // Whatever stood there, the window is as usable as before.
  await goTo(page, '/')
  await expect(page.getByRole('heading', { name: 'Holdfast knows no cluster yet.' })).toBeVisible()
  expect(await page.evaluate('window.stolen')).toBeUndefined()
  expect(left).toEqual({ asked: [], went: [] })
})

test('A link that is opened in a tab or a window of its own is the same Holdfast, without its session and without a way back to it', async ({
  page,
  holdfast,
}) => {
  await holdfast.startDemonstration(page)
  const origin = originOf(page)
  const links = page.getByRole('main').getByRole('link')
  const first = links.first()
  const ways = [{ button: 'middle' }, { modifiers: ['Control'] }, { modifiers: ['Shift'] }] as const
  for (const way of ways) {
    const [opened] = await Promise.all([
      page.context().waitForEvent('page'),
      first.click('button' in way ? way : { modifiers: [...way.modifiers] }),
    ])
    await expect(opened.getByText(askedAnew)).toBeVisible()
    expect(originOf(opened)).toBe(origin)
    expect(await opened.evaluate('[window.opener, document.referrer]')).toEqual([null, ''])
    await opened.close()
    // The window itself stayed where it was.
    await expect(page.getByText('Damaged object.').first()).toBeVisible()
  }
})

test.describe('A violation of the policy that no test meant', () => {
  test.describe.configure({ mode: 'serial' })
  let planted: readonly string[] = []

  // It is right where it fails, as every test has to in which something was stopped.
  test.fail('fails the run', async ({ page, holdfast, watched }) => {
    await holdfast.startEmpty(page)
    await page.evaluate(
      `document.body.append(Object.assign(new Image(), { src: ${JSON.stringify(elsewhere)} }))`,
    )
    await expect.poll(() => watched.length).toBeGreaterThan(0)
    planted = [...watched]
  })

  test('and nothing else failed it', () => {
    expect(planted).toEqual([expect.stringContaining('img-src')])
  })
})
