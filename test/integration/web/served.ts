import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../../src/main/adapters/system/random.ts'
import {
  serveWindow,
  type ServedWindow,
  type ServeWindowOptions,
} from '../../../src/main/web/serve-window.ts'
import { memoryAuditLog, type MemoryAuditLog } from '../../fakes/audit-log.ts'
import { memoryLog, type MemoryLog } from '../../fakes/memory-log.ts'
import { localFetch } from './node-fetch.ts'
import { makeSmallRouter, type Seen } from '../../conformance/contract/small-router.ts'

export interface Served extends AsyncDisposable {
  readonly window: ServedWindow
  readonly seen: Seen
  readonly log: MemoryLog
  readonly audit: MemoryAuditLog
  /** 127.0.0.1, which the name in the origin stands for. */
  readonly port: number
  readonly host: string
  readonly folder: string
  /** The token of a new link. */
  token(): Promise<string>
  /** Opens a session. */
  bearer(): Promise<string>
  post(path: string, body: string, headers?: Readonly<Record<string, string>>): Promise<Response>
}

/** Pages for tests, as the build makes them. */
export const testPage = `<!doctype html>
<meta property="csp-nonce" nonce="__HOLDFAST_NONCE__" />
<title>Our page</title>
<p>our page</p>
`

/** A window on the small router, with pages of its own unless the options name others. */
export async function serveSmall(options: Partial<ServeWindowOptions> = {}): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-web-'))
  mkdirSync(join(folder, 'pages/assets'), { recursive: true })
  writeFileSync(join(folder, 'pages/index.html'), testPage)
  writeFileSync(join(folder, 'pages/assets/main.js'), 'document.title = "script ran"\n')
  writeFileSync(join(folder, 'outside.js'), 'outside\n')
  const { router, seen } = makeSmallRouter()
  const log = memoryLog()
  const audit = memoryAuditLog(systemClock)
  const window = await serveWindow({
    router,
    pagesFolder: join(folder, 'pages'),
    listen: { kind: 'loopback', port: 0 },
    publicOrigin: null,
    linkFolder: join(folder, 'links'),
    idleMs: null,
    isWorking: () => false,
    clock: systemClock,
    random: systemRandom,
    log,
    audit,
    ...options,
  })
  const host = new URL(window.origin).host
  const port = Number(/:(\d+)$/.exec(window.addresses[0] ?? '')?.[1] ?? 0)

  async function token(): Promise<string> {
    const { path } = await window.makeLink()
    const found = /#token=([A-Za-z0-9_-]+)/.exec(readFileSync(path, 'utf8'))?.[1]
    if (found === undefined) throw new Error('The page has no token.')
    return found
  }
  const fetch = localFetch({ port })
  async function post(
    path: string,
    body: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return fetch(`${window.origin}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })
  }
  async function bearer(): Promise<string> {
    const answer = await post('/session', JSON.stringify({ json: { token: await token() } }))
    const value: { readonly json: { readonly bearer: string } } = JSON.parse(await answer.text())
    return value.json.bearer
  }
  return {
    window,
    seen,
    log,
    audit,
    port,
    host,
    folder,
    token,
    bearer,
    post,
    [Symbol.asyncDispose]: async () => {
      await window.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
