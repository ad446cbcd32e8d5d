import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerPage } from '../../../../src/main/electron/answer-page.ts'
import { systemRandom } from '../../../../src/main/adapters/system/random.ts'

const root = mkdtempSync(join(tmpdir(), 'holdfast-pages-'))
const folder = join(root, 'pages')
beforeAll(() => {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  mkdirSync(join(root, 'pages-beside'))
  writeFileSync(join(folder, 'index.html'), '<style nonce="__HOLDFAST_NONCE__"></style>')
  writeFileSync(join(folder, 'assets/main.js'), 'main')
  writeFileSync(join(folder, '.hidden.js'), 'hidden')
  writeFileSync(join(root, 'outside.js'), 'outside')
  writeFileSync(join(root, 'pages-beside/beside.js'), 'beside')
  symlinkSync(join(root, 'outside.js'), join(folder, 'assets/link.js'))
})
afterAll(() => rmSync(root, { recursive: true }))

const get = async (url: string, method = 'GET'): Promise<Response> =>
  answerPage({ url, method }, { folder, random: systemRandom })

test('The page and its files are answered with the policy as a header and a new nonce each time', async () => {
  const [first, second] = [await get('app://holdfast/'), await get('app://holdfast/')]
  const policy = first.headers.get('content-security-policy') ?? ''
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-")
  expect(await first.text()).toBe(`<style nonce="${nonce}"></style>`)
  expect(await second.text()).not.toContain(String(nonce))
  const script = await get('app://holdfast/assets/main.js')
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(await script.text()).toBe('main')
})

test('Whatever leads out of the pages, is encoded, hidden or of another host is not found', async () => {
  for (const url of [
    'app://holdfast/../outside.js',
    'app://holdfast/assets/../../outside.js',
    'app://holdfast/%2e%2e/outside.js',
    'app://holdfast/%2E%2E%2Foutside.js',
    'app://holdfast/..%5coutside.js',
    'app://holdfast/..\\outside.js',
    'app://holdfast/../pages-beside/beside.js',
    'app://holdfast/assets/link.js',
    'app://holdfast/assets/main.js\0',
    'app://holdfast/assets/main.js%00.html',
    'app://holdfast/assets/main.js?a',
    'app://holdfast//assets/main.js',
    'app://holdfast/.hidden.js',
    'app://holdfast/assets',
    'app://holdfast/assets/',
    'app://holdfast/missing.js',
    'app://holdfast/assets/MAIN.js',
    'app://holdfast',
    'app://evil/assets/main.js',
    'app://holdfast.evil/assets/main.js',
    'app://evil@holdfast/assets/main.js',
    'file:///assets/main.js',
  ]) {
    expect([url, (await get(url)).status]).toEqual([url, 404])
  }
  expect((await get('app://holdfast/', 'POST')).status).toBe(404)
})
