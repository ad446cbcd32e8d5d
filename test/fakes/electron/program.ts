/**
 * Stands for Electron's program: `node --import <this> <entry of the main process>`. The entry's `electron` is the stand-in; its
 * page is loaded, asks for its port, calls the desk once, and its window is closed. What happened goes to `STAND_IN_REPORT`.
 */
import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { portLink } from '../../../src/renderer/lib/connect-electron.ts'
import type { Contract } from '../../../src/shared/contract/contract.ts'
import { pagePort, standInElectron } from './stand-in.ts'

const { STAND_IN_REPORT: report, STAND_IN_FAILS: fails } = process.env
const electron = standInElectron()
const { app, ipcMain } = electron.module
const seen = { clusters: [] as string[], policy: '' as string | null, missing: 0 }
Object.assign(globalThis, { standInElectron: electron.module })
const names = Object.keys(electron.module)
const source = `${names.map((name) => `export const ${name} = globalThis.standInElectron.${name}`).join('\n')}\n`
registerHooks({
  resolve: (name, context, next) =>
    name === 'electron'
      ? { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true }
      : next(name, context),
})

app.once('stand-in-end', (code: number) => {
  if (report !== undefined) writeFileSync(report, JSON.stringify({ asked: electron.asked, ...seen }))
  process.exit(code)
})
// As a program that cannot open a window on this display.
if (fails !== undefined) process.exit(Number(fails))

app.once('web-contents-created', () => void setImmediate(() => void operate().catch(fail)))

function fail(error: unknown): void {
  process.stderr.write(`${String(error)}\n`)
  process.exit(70)
}

async function operate(): Promise<void> {
  const [window] = electron.windows
  if (window === undefined) throw new Error('There is no window.')
  await new Promise<void>((resolve) => window.once('ready-to-show', () => resolve()))
  const page = electron.handlers.get('app')
  const answer = await page?.(new Request('app://holdfast/'))
  seen.policy = answer?.headers.get('content-security-policy') ?? null
  seen.missing = (await page?.(new Request('app://holdfast/%2e%2e/package.json')))?.status ?? 0
  const { webContents } = window
  ipcMain.emit('holdfast.port', { sender: webContents, senderFrame: webContents.mainFrame })
  const [port] = webContents.mainFrame.ports
  if (port === undefined) throw new Error('The page was given no port.')
  const client: ContractRouterClient<Contract> = createORPCClient(portLink(pagePort(port)))
  seen.clusters = (await client.clusters.list()).map(({ name }) => name)
  window.cross()
}
