import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  MessageChannelMain,
  Notification,
  protocol,
  session,
  shell,
} from 'electron'
import type { AnyContractRouter } from '@orpc/contract'
import type { Router } from '@orpc/server'
import type { CallContext } from '../ports/call-context.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'
import { answerPage } from './answer-page.ts'
import { carryCalls } from './carry-calls.ts'
import { confinePage, confineSession } from './confine.ts'
import { createPortDesk } from './hand-out-port.ts'
import { appPage, appScheme } from './our-page.ts'
import { plainNotice } from './plain-notice.ts'
import { askBeforeQuit, type QuitWords } from './quit.ts'
import type { Notice } from './tell-finished.ts'
import { windowOptions } from './window-options.ts'

export interface DesktopOptions {
  readonly router: Router<AnyContractRouter, CallContext>
  /** Folders of the build. */
  readonly pagesFolder: string
  readonly preloadFolder: string
  /** Hosts that a link may open in the system's browser. */
  readonly externalHosts: ReadonlySet<string>
  /** Asked before the window closes. */
  readonly quitWords: () => QuitWords | null
  /** Awaited before the process ends. */
  readonly close: () => Promise<void>
  readonly random: Random
  readonly log: Log
}

export interface Desktop {
  /** The system's notification; a click brings the window back. */
  notify(notice: Notice): void
}

/**
 * Has to be called before Electron is ready. What Electron keeps of a window goes into `windowFolder`. False where another
 * Holdfast has a window with that folder: it shows it then.
 */
export function prepareDesktop(windowFolder: string): boolean {
  mkdirSync(windowFolder, { recursive: true, mode: 0o700 })
  app.setPath('userData', windowFolder)
  if (!app.requestSingleInstanceLock()) return false
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
  return true
}

/** Opens the window on the router, and ends the process when the window is closed. */
export async function openDesktop(options: DesktopOptions): Promise<Desktop> {
  const { random, log } = options
  await app.whenReady()
  confineSession(session.defaultSession)
  protocol.handle(appScheme, async (request) => answerPage(request, { folder: options.pagesFolder, random }))
  app.on('web-contents-created', (_event, contents) =>
    confinePage(contents, {
      externalHosts: options.externalHosts,
      openExternal: (address) => void shell.openExternal(address),
    }),
  )
  const window = new BrowserWindow(windowOptions(join(options.preloadFolder, 'index.cjs')))
  const { webContents } = window
  const desk = createPortDesk({
    contentsId: webContents.id,
    mainFrame: () => webContents.mainFrame,
    openChannel: () => {
      const { port1, port2 } = new MessageChannelMain()
      carryCalls(port1, options)
      return { main: port1, page: port2 }
    },
    onRefused: (reason) => log.info('electron.portRefused', { reason }),
  })
  ipcMain.on('holdfast.port', (event) => desk.ask(event))
  webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) desk.newLoad()
  })
  webContents.on('render-process-gone', () => desk.newLoad())
  window.once('ready-to-show', () => window.show())
  window.on('close', (event) => {
    if (!askBeforeQuit(options.quitWords(), (question) => dialog.showMessageBoxSync(window, question)))
      event.preventDefault()
  })
  window.on('closed', () => desk.newLoad())
  app.on('second-instance', () => show(window))
  app.on('window-all-closed', () => {
    options.close().then(
      () => app.quit(),
      (error: unknown) => {
        log.incident('electron.close', error)
        app.exit(1)
      },
    )
  })
  await window.loadURL(appPage)
  return {
    notify: (notice) => {
      const notification = new Notification({ ...plainNotice(notice) })
      notification.on('click', () => show(window))
      notification.show()
    },
  }
}

function show(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
