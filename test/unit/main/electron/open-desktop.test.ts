import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { systemRandom } from '../../../../src/main/adapters/system/random.ts'
import type { DesktopOptions } from '../../../../src/main/electron/open-desktop.ts'
import { portLink } from '../../../../src/renderer/lib/connect-electron.ts'
import { makeSmallRouter, type smallContract } from '../../../conformance/contract/small-router.ts'
import { pagePort, standInElectron, type StandInElectron } from '../../../fakes/electron/stand-in.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'

const here = mkdtempSync(join(tmpdir(), 'holdfast-desktop-'))
writeFileSync(join(here, 'index.html'), '<!doctype html><title>Page</title>')

let electron: StandInElectron
beforeEach(() => {
  vi.resetModules()
  electron = standInElectron()
  vi.doMock('electron', () => electron.module)
})

async function open(options: Partial<DesktopOptions> = {}) {
  const { openDesktop, prepareDesktop } = await import('../../../../src/main/electron/open-desktop.ts')
  const log = memoryLog()
  const { router } = makeSmallRouter()
  expect(prepareDesktop(join(here, 'window'))).toBe(true)
  const desktop = await openDesktop({
    router,
    pagesFolder: here,
    preloadFolder: here,
    externalHosts: new Set(),
    quitWords: () => null,
    close: async () => undefined,
    random: systemRandom,
    log,
    ...options,
  })
  const [window] = electron.windows
  return { desktop, log, window: window ?? expect.fail('no window') }
}

/** Asks for a port as a frame does; gives what it got. */
function ask(sender: { readonly id: number }, senderFrame: ReturnType<StandInElectron['frame']>) {
  const before = senderFrame.ports.length
  electron.module.ipcMain.emit('holdfast.port', { sender, senderFrame })
  return senderFrame.ports[before] ?? null
}

test('Before Electron is ready the sandbox is on, and what a window leaves has a folder of its own that is this account’s alone', async () => {
  const { window } = await open()
  const folder = join(here, 'window')
  expect(electron.asked.slice(0, 5)).toEqual([
    `app.setPath userData ${folder}`,
    'app.requestSingleInstanceLock',
    'app.enableSandbox',
    'protocol.registerSchemesAsPrivileged app',
    'app.whenReady',
  ])
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  // The session and every page are confined before anything is loaded; nothing is shown before it is drawn.
  const at = (what: string): number => electron.asked.findIndex((each) => each.startsWith(what))
  for (const what of [
    'session.onBeforeRequest',
    'session.setPermissionRequestHandler',
    'contents.setWindowOpenHandler',
  ]) {
    expect(at(what), what).toBeGreaterThan(at('app.whenReady'))
    expect(at(what), what).toBeLessThan(at('window.loadURL'))
  }
  expect(electron.asked.slice(at('window.loadURL'))).toEqual([
    'window.loadURL app://holdfast/',
    'loaded 200',
    'window.show',
  ])
  expect(window.options).toMatchObject({ show: false, webPreferences: { preload: join(here, 'index.cjs') } })
})

test('Where another window has the folder nothing is prepared, and that one comes to the front', async () => {
  electron.refuseLock()
  const { prepareDesktop } = await import('../../../../src/main/electron/open-desktop.ts')
  expect(prepareDesktop(join(here, 'window'))).toBe(false)
  expect(electron.asked).not.toContain('app.enableSandbox')

  electron = standInElectron()
  vi.resetModules()
  vi.doMock('electron', () => electron.module)
  const { window } = await open()
  window.isDown = true
  const before = electron.asked.length
  electron.module.app.emit('second-instance')
  expect(electron.asked.slice(before)).toEqual(['window.restore', 'window.show', 'window.focus'])
})

test('The main frame of our page has one port a load, which carries its calls until the next load', async () => {
  const { window, log } = await open()
  const { webContents } = window
  const port = ask(webContents, webContents.mainFrame) ?? expect.fail('no port')
  const client: ContractRouterClient<typeof smallContract> = createORPCClient(portLink(pagePort(port)))
  expect(await client.values.echo({ text: 'over the port' })).toMatchObject({ text: 'over the port' })

  expect(ask(webContents, webContents.mainFrame), 'a second port').toBe(null)
  const other = electron.frame('app://holdfast/')
  expect(ask(webContents, other), 'another frame').toBe(null)
  expect(ask({ id: webContents.id + 1 }, webContents.mainFrame), 'another window').toBe(null)
  expect(log.lines.filter((line) => line.includes('electron.portRefused'))).toHaveLength(3)

  // A jump within the page loads nothing.
  webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true })
  expect(await client.values.echo({ text: 'still' })).toMatchObject({ text: 'still' })
  await window.loadURL('app://holdfast/')
  await expect(client.values.echo({ text: 'late' })).rejects.toMatchObject({
    message: expect.stringContaining('Start Holdfast again'),
  })
  expect(ask(webContents, webContents.mainFrame)).not.toBe(null)
})

test('A page whose process is gone has no port any more', async () => {
  const { window } = await open()
  const port = ask(window.webContents, window.webContents.mainFrame) ?? expect.fail('no port')
  const closed = new Promise<string>((resolve) => port.once('close', () => resolve('closed')))
  port.start()
  window.webContents.emit('render-process-gone', {})
  expect(await closed).toBe('closed')
})

test('A window with open jobs closes only when the operator says so, and the desk is closed before the program ends', async () => {
  let closedDesk = (): void => undefined
  const { window } = await open({
    quitWords: () => ({ title: 'One job is running.', lines: ['kiok-prod'], stay: 'Stay', quit: 'Quit' }),
    close: async () => new Promise<void>((resolve) => (closedDesk = resolve)),
  })
  const before = electron.asked.length
  electron.answers.push(0, 1)
  window.cross()
  expect(electron.asked.slice(before)).toEqual(['dialog.showMessageBoxSync One job is running.'])
  window.cross()
  expect(electron.asked.slice(before + 1)).toEqual(['dialog.showMessageBoxSync One job is running.'])
  const ended = new Promise<number>((resolve) => electron.module.app.once('stand-in-end', resolve))
  closedDesk()
  expect(await ended).toBe(0)
  expect(electron.asked.at(-1)).toBe('app.quit')
})

test('A desk that cannot be closed ends the program as failed, with an incident in the log', async () => {
  const { window, log } = await open({ close: () => Promise.reject(new Error('planted: the disk is full')) })
  const ended = new Promise<number>((resolve) => electron.module.app.once('stand-in-end', resolve))
  window.cross()
  expect(await ended).toBe(1)
  expect(log.lines.join('\n')).toContain('electron.close')
})

test('A notification is shown as plain text, and a click on it brings the window back', async () => {
  const { desktop } = await open()
  desktop.notify({ title: 'Verified', body: '<a href="https://evil.example">kiok-prod</a>' })
  const [notification] = electron.notifications
  expect(notification?.words.body).toBe('‹a href="https://evil.example"›kiok-prod‹/a›')
  const before = electron.asked.length
  notification?.emit('click')
  expect(electron.asked.slice(before)).toEqual(['window.show', 'window.focus'])
})
