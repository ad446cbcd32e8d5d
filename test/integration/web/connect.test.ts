import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveSmall } from './served.ts'
import { hasChromium, launchChromium } from '../../lab/chromium.ts'

/** A page that connects as the window does, and shows what it gets. */
const script = `
import { connect } from ${JSON.stringify(join(import.meta.dirname, '../../../src/renderer/lib/connect.ts'))}
const show = (text) => { document.getElementById('out').textContent = text }
try {
  const client = await connect()
  const { text } = await client.values.echo({ text: 'hello' })
  const stream = await client.waits.stream({ name: 'page' })
  const { value } = await stream.next()
  globalThis.client = client
  show('connected: ' + text + ' ' + value)
  stream.next().then(() => show('stream ended'), (error) => show(error.code + ': ' + error.message))
} catch (error) {
  show(error.code + ': ' + error.message)
}
`
const html = `<!doctype html><title>Window</title><p id="out"></p><script type="module" src="./page.js"></script>`

let folder: string
let browser: Browser
beforeAll(async () => {
  if (!hasChromium) return
  folder = mkdtempSync(join(tmpdir(), 'holdfast-connect-'))
  writeFileSync(join(folder, 'page.js'), script)
  writeFileSync(join(folder, 'index.html'), html)
  await build({
    configFile: false,
    root: folder,
    logLevel: 'error',
    resolve: { alias: [{ find: /^(@orpc|zod)/, replacement: '$1' }] },
    build: { outDir: join(folder, 'out'), target: 'esnext', assetsInlineLimit: 0 },
  })
  browser = await launchChromium()
})
afterAll(async () => {
  if (!hasChromium) return
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

const shown = async (page: Page, text: RegExp): Promise<void> =>
  page.getByText(text).waitFor({ state: 'visible' })

test.skipIf(!hasChromium)(
  'The page of a link opens the window, whose address then has no token, and which has to be opened anew after a reload',
  async () => {
    await using served = await serveSmall({ pagesFolder: join(folder, 'out') })
    await using context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`file://${(await served.window.makeLink()).path}`)
    await shown(page, /^connected: hello 1$/)
    expect(page.url()).toBe(`${served.window.origin}/`)
    expect(
      await page.evaluate('JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])'),
    ).toBe('["",{},{}]')

    await page.reload()
    await shown(page, /^session\.over: .*Press Enter in the terminal where Holdfast runs/)
    await served.seen.until('left page')

    const second = await context.newPage()
    await second.goto(`file://${(await served.window.makeLink()).path}`)
    await shown(second, /^connected: hello 1$/)
  },
)

test.skipIf(!hasChromium)(
  'A window is told that a newer one took its place, and that the connection is lost',
  async () => {
    await using served = await serveSmall({ pagesFolder: join(folder, 'out') })
    await using context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`file://${(await served.window.makeLink()).path}`)
    await shown(page, /^connected: hello 1$/)
    await served.bearer()
    await shown(page, /^connection\.lost: Holdfast does not answer/)
    const late = `client.values.echo({ text: 'late' }).catch((error) => error.code)`
    expect(await page.evaluate(late)).toBe('session.over')
    await served.window.close()
    expect(await page.evaluate(late)).toBe('connection.lost')
  },
)

test.skipIf(!hasChromium)('A token that was used says how to get a new one', async () => {
  await using served = await serveSmall({ pagesFolder: join(folder, 'out') })
  const token = await served.token()
  await served.post('/session', JSON.stringify({ json: { token } }))
  await using context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${served.window.origin}/#token=${token}`)
  await shown(page, /^session\.over: The link of this page opens nothing any more.*Press Enter/)
  expect(page.url()).toBe(`${served.window.origin}/`)
})
