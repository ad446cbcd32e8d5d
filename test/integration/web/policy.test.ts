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

const page = `<!doctype html>
<meta property="csp-nonce" nonce="__HOLDFAST_NONCE__" />
<title>Our page</title>
<script>globalThis.inline = 'ran'</script>
<p id="plain" style="color: rgb(1, 2, 3)">our page</p>
<p id="nonced">our page</p>
<script type="module" src="./assets/tries.js"></script>
`

/** What injected text or script would try, from a file of ours, which is the best place that it could have. */
const tries = `
const violations = []
document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
  violations.push(effectiveDirective + ' ' + blockedURI))
const results = {}
const attempt = async (name, what) => {
  try { results[name] = String(await what()) } catch (error) { results[name] = 'refused' }
}
const add = (name, fields) => {
  const element = document.createElement(name)
  Object.assign(element, fields)
  document.body.append(element)
  return element
}
const loaded = (name, fields) => new Promise((resolve, reject) => {
  const element = add(name, fields)
  element.onload = () => resolve('loaded')
  element.onerror = () => reject(new Error('refused'))
})
await attempt('eval', () => (0, eval)('1 + 1'))
await attempt('Function', () => new Function('return 2')())
await attempt('wasm', () => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])))
add('script', { textContent: 'globalThis.added = "ran"' })
add('div', { innerHTML: '<img src="x:" onerror="globalThis.handler = 1">' })
add('a', { href: 'javascript:globalThis.link = "ran"' }).click()
await attempt('script elsewhere', () => loaded('script', { src: 'http://127.0.0.1:9/x.js' }))
await attempt('script as data', () => loaded('script', { src: 'data:text/javascript,globalThis.data=1' }))
await attempt('image elsewhere', () => loaded('img', { src: 'http://127.0.0.1:9/x.png' }))
await attempt('fetch elsewhere', () => fetch('http://127.0.0.1:9/', { mode: 'no-cors' }))
await attempt('socket', () => new Promise((resolve, reject) => {
  const socket = new WebSocket('ws://127.0.0.1:9/')
  socket.onopen = resolve
  socket.onerror = () => reject(new Error('refused'))
}))
await attempt('worker', () => new Promise((resolve, reject) => {
  const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])))
  worker.onmessage = resolve
  worker.onerror = () => reject(new Error('refused'))
}))
add('base', { href: 'http://127.0.0.1:9/' })
results.base = document.baseURI
const form = add('form', { action: 'http://127.0.0.1:9/', method: 'POST' })
form.submit()
const frame = add('iframe', { src: 'http://127.0.0.1:9/' })
add('object', { data: 'http://127.0.0.1:9/x' })
const nonce = document.querySelector('meta[property=csp-nonce]').nonce
add('style', { nonce, textContent: '#nonced { color: rgb(4, 5, 6) }' })
add('style', { textContent: '#plain, #nonced { color: rgb(7, 8, 9) !important }' })
results.plain = getComputedStyle(document.getElementById('plain')).color
results.nonced = getComputedStyle(document.getElementById('nonced')).color
Object.assign(globalThis, { results, violations })
document.title = 'done'
`

test.skipIf(!hasChromium)(
  'Inline script, eval, wasm, base, form, frames and every other address are blocked in our own page',
  async () => {
    await using served = await serveSmall()
    writeFileSync(join(served.folder, 'pages/index.html'), page)
    writeFileSync(join(served.folder, 'pages/assets/tries.js'), tries)
    await using context = await browser.newContext()
    const opened = await context.newPage()
    await opened.goto(served.window.origin)
    await opened.waitForFunction('document.title === "done"')
    const results = await opened.evaluate('({ ...results, url: location.href })')
    expect(results).toMatchObject({
      eval: 'refused',
      Function: 'refused',
      wasm: 'refused',
      'script elsewhere': 'refused',
      'script as data': 'refused',
      'image elsewhere': 'refused',
      'fetch elsewhere': 'refused',
      socket: 'refused',
      worker: 'refused',
      base: `${served.window.origin}/`,
      url: `${served.window.origin}/`,
      plain: 'rgb(0, 0, 0)',
      nonced: 'rgb(4, 5, 6)',
    })
    expect(
      await opened.evaluate(
        '[globalThis.inline, globalThis.added, globalThis.handler, globalThis.link, globalThis.data]',
      ),
    ).toEqual([null, null, null, null, null].map(() => undefined))
    const violations: unknown = await opened.evaluate('violations')
    for (const directive of [
      'script-src eval',
      'script-src wasm-eval',
      'script-src-elem inline',
      'script-src-elem http://127.0.0.1:9/x.js',
      'script-src-elem data',
      'img-src http://127.0.0.1:9/x.png',
      'connect-src http://127.0.0.1:9/',
      'connect-src ws://127.0.0.1:9/',
      'base-uri http://127.0.0.1:9/',
      'form-action http://127.0.0.1:9/',
      'style-src-elem inline',
    ]) {
      expect(violations).toContain(directive)
    }
  },
)
